"""How long the functions are: `python -m tests.architecture.measure`, and a line in `make lint`."""

from dataclasses import dataclass
from statistics import mean

from tests.architecture.faults import length
from tests.architecture.source import everything

# style.md: ten lines on average is the target; beyond this, somebody stopped trying.
LONGEST_AVERAGE = 12


@dataclass(frozen=True)
class Measure:
    """The functions of the product, counted."""

    functions: int
    average: float
    longest: int
    longest_name: str
    largest_service: int

    def sentence(self) -> str:
        """Say it in one line."""
        return (
            f"{self.functions} functions of {self.average:.1f} lines on average; "
            f"the longest {self.longest} ({self.longest_name}); the largest service.py {self.largest_service}"
        )


def measure() -> Measure:
    """Count the lines of every function of the product."""
    lengths = {f"{item.path}:{it.lineno} {it.name}": length(it) for item in everything() for it in item.functions()}
    longest = max(lengths, key=lambda name: lengths[name])
    services = [item.lines for item in everything() if item.name == "service.py"]
    return Measure(len(lengths), mean(lengths.values()), lengths[longest], longest, max(services, default=0))


if __name__ == "__main__":
    print(measure().sentence())
