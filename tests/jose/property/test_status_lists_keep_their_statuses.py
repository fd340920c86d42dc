"""The law: what is packed into a status list is read from it, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from tokensmith.jose.jwt import StatusList


@given(st.data())
def test_every_status_is_where_it_was_put(data: st.DataObject) -> None:
    bits = data.draw(st.sampled_from([1, 2, 4, 8]))
    size = data.draw(st.integers(1, 200))
    statuses = data.draw(st.dictionaries(st.integers(0, size - 1), st.integers(0, 2**bits - 1)))
    built = StatusList.build(size, bits=bits, statuses=statuses)

    read = StatusList.from_claim(built.to_claim())

    assert read == built
    assert [read[index] for index in range(size)] == [statuses.get(index, 0) for index in range(size)]
