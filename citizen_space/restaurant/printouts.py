"""What the restaurant puts on paper: the kitchen's chits, which the kitchen lays out itself."""

from citizen_space.kitchen.printouts import chit as chit
