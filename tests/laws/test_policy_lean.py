"""What mutants of the policy meet first: worlds kept as files, with the reference's answers."""

import pickle

from tests.support import lean


def test_the_policy_answers_as_the_reference_without_an_application(tmp_path):
    lean.make(tmp_path, worlds=1, of_a_section=2)
    assert lean.differs(tmp_path) == ""
    kept = tmp_path / "0.asked"
    *before, (section, named, binds, level) = pickle.loads(kept.read_bytes())
    kept.write_bytes(pickle.dumps([*before, (section, named, binds, (level + 1) % 4)]))
    assert lean.differs(tmp_path).startswith(section)
