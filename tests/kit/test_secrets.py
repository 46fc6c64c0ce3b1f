"""What a stolen database is worth: the real cost of a hash, which the other tests do without."""

import importlib.util

from argon2 import extract_parameters

from citizen_space.kit import crypto

PEPPER = b"p" * 32


def test_a_real_hash_costs_what_was_chosen() -> None:
    found = importlib.util.find_spec("citizen_space.kit.crypto")
    assert found is not None and found.loader is not None
    fresh = importlib.util.module_from_spec(found)
    found.loader.exec_module(fresh)
    cost = extract_parameters(fresh.hash_secret("2413", PEPPER))
    assert (cost.time_cost, cost.memory_cost, cost.parallelism) == (2, 19 * 1024, 1)


def test_a_secret_is_known_again_with_its_pepper_only() -> None:
    kept = crypto.hash_secret("2413", PEPPER)
    assert crypto.check_secret(kept, "2413", PEPPER)
    assert not crypto.check_secret(kept, "2414", PEPPER)
    assert not crypto.check_secret(kept, "2413", b"q" * 32)
