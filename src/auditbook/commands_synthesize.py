"""The command that writes synthetic cases."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import click

from auditbook.case.errors import InputError
from auditbook.case.root import PROJECT_NAME, find_root
from auditbook.chain.outcome import BAD_INPUT, DONE, NOT_WRITTEN
from auditbook.synthesize.kinds import PlantError, planted_counts

_YEAR = re.compile("[0-9]{4}")
_SETTINGS = "case.yaml"
_MARK = "\nsynthetic: true\n"
_WORDS = {
    "written": (
        "{case}：合成案卷已写入 {path}（{lines} 行，差错 {errors} 处，近似情形 {decoys} 处）",
        "{case}: synthetic case written to {path} ({lines} ledger lines, {errors} errors planted, "
        "{decoys} near misses)",
    ),
    "real": (
        "{path} 里不是合成案卷，没有改动；请换一个项目名",
        "{path} does not hold a synthetic case and was left alone; use another project name",
    ),
    "name": (
        "项目名 {name!r} 应由小写字母、数字和连字符组成",
        "the project name {name!r} should have lower-case letters, digits and hyphens only",
    ),
    "year": ("年度 {year!r} 应为四位数字", "the year {year!r} should have four digits"),
    "not_written": ("{path}：无法写入：{why}", "{path}: cannot be written: {why}"),
}


def synthesize_and_report(
    project: str,
    years: Sequence[str],
    *,
    seed: int,
    lines: int,
    planted: str | None,
    lang: str,
    root: Path | None,
    out: Path | None,
) -> int:
    """Write the cases into ``data/`` or where `out` says, one folder per year, and a note."""
    try:
        counts = planted_counts(planted)
        target = _target(project, years, lang, root, out)
    except PlantError as error:
        raise click.BadParameter(str(error), param_hint="--plant") from None
    except InputError as error:
        click.echo(error.text(lang), err=True)
        return BAD_INPUT
    real = [folder for folder in (target / year for year in years) if not _may_replace(folder)]
    if real:
        click.echo(_say("real", lang, path=real[0]), err=True)
        return BAD_INPUT
    try:
        for year in dict.fromkeys(years):
            _write(target / year, project, int(year), seed, lines, counts, lang)
        _write_note(target, project, years, seed, lines, planted)
    except PlantError as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        why = error.strerror or str(error)
        click.echo(_say("not_written", lang, path=error.filename or target, why=why), err=True)
        return NOT_WRITTEN
    return DONE


def _target(
    project: str, years: Sequence[str], lang: str, root: Path | None, out: Path | None
) -> Path:
    if not PROJECT_NAME.fullmatch(project):
        raise click.BadParameter(_say("name", lang, name=project), param_hint="PROJECT")
    for year in years:
        if not _YEAR.fullmatch(year):
            raise click.BadParameter(_say("year", lang, year=year), param_hint="YEAR")
    return (out.expanduser().resolve() if out else find_root(root) / "data") / project


def _may_replace(folder: Path) -> bool:
    """Only a synthetic case is ever replaced."""
    if not folder.exists():
        return True
    settings = folder / _SETTINGS
    return settings.is_file() and _MARK in settings.read_text(encoding="utf-8", errors="replace")


def _write(
    folder: Path,
    project: str,
    year: int,
    seed: int,
    lines: int,
    counts: dict[str, int],
    lang: str,
) -> None:
    from auditbook.synthesize.write import write_case

    done = write_case(folder, project, year, seed=seed, lines=lines, counts=counts)
    case = f"{project} {year}"
    click.echo(_say("written", lang, case=case, path=folder, **vars(done)))


def _write_note(
    target: Path, project: str, years: Sequence[str], seed: int, lines: int, planted: str | None
) -> None:
    from auditbook.folders import write_whole
    from auditbook.synthesize.texts import readme

    words = ["auditbook synthesize", project, *years, f"--seed {seed} --lines {lines}"]
    if planted is not None:
        words.append(f"--plant {planted}")
    write_whole(target / "README.md", readme(project, " ".join(words)).encode())


def _say(message: str, lang: str, **values: object) -> str:
    return _WORDS[message][0 if lang == "zh" else 1].format(**values)
