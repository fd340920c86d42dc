"""Containerfiles as we write them are read; what is built with them is tested in tests/e2e/test_container_image.py."""

from pathlib import Path

from tests.services.image import Stage, stages

FILE = """\
# About it.
FROM base:1 AS build
RUN make it

FROM base:1
COPY --from=build /it /it
ENV A=b c
CMD ["it"]
"""


def test_each_stage_has_its_instructions_in_order() -> None:
    """Comments and empty lines are none."""
    assert stages(FILE) == [
        Stage("build", (("RUN", "make it"),)),
        Stage("", (("COPY", "--from=build /it /it"), ("ENV", "A=b c"), ("CMD", '["it"]'))),
    ]
    assert stages(FILE)[1].of("ENV") == ["A=b c"]


def test_our_own_file_has_one_line_per_instruction() -> None:
    """The reader knows no lines that go on."""
    text = (Path(__file__).parents[2] / "Containerfile").read_text()

    assert "\\\n" not in text
    assert [stage.name for stage in stages(text)] == ["build", ""]
