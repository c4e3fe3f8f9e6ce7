"""回收率, 有效回收率, 有效率 with intervals, and AAPOR's response rates from final case counts."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from auditbook.procedures.errors import Number, PlanError, check_count, check_rate
from auditbook.procedures.survey.proportions import Interval, proportion_ci


class ResponseRates(NamedTuple):
    """Rates of forms with Wilson intervals; each names what it divides by.

    Attributes
    ----------
    return_rate : Interval
        回收率 = 收回/发放.
    valid_return_rate : Interval or None
        有效回收率 = 有效/发放; None where valid forms are not known.
    valid_rate : Interval or None
        有效率 = 有效/收回; None where they are not known or nothing came back.
    """

    return_rate: Interval
    valid_return_rate: Interval | None
    valid_rate: Interval | None


class CaseRates(NamedTuple):
    """AAPOR response rates as exact fractions.

    Attributes
    ----------
    rr1, rr2 : Fraction
        All cases of unknown eligibility count as eligible; complete ones only, or partial ones too.
    rr3, rr4 : Fraction or None
        The share `eligible_share` of them counts; None where it is not known.
    rr5, rr6 : Fraction or None
        None of them counts; None where no case is known to be eligible.
    eligible_share : Fraction or None
        e, as given, or as estimated from the cases whose eligibility is known.
    """

    rr1: Fraction
    rr2: Fraction
    rr3: Fraction | None
    rr4: Fraction | None
    rr5: Fraction | None
    rr6: Fraction | None
    eligible_share: Fraction | None


def response_rates(
    *, issued: int, returned: int, valid: int | None = None, confidence: float = 0.95
) -> ResponseRates:
    """How many forms came back, and how many of them can be used.

    Parameters
    ----------
    issued, returned, valid : int
        发放, 收回, 有效 forms: valid ≤ returned ≤ issued.
    confidence : float
        Of the Wilson intervals, as a fraction. They speak of people asked in the same way; of the
        forms issued themselves the rates are exact.

    Raises
    ------
    PlanError
        None issued, more returned than issued, more valid than returned, or a wrong confidence.
    """
    check_count("issued", issued, least=1)
    _at_most("收回 returned", "returned", returned, "发放 issued", "issued", issued)
    of_issued = proportion_ci(count=returned, n=issued, confidence=confidence)
    if valid is None:
        return ResponseRates(of_issued, None, None)
    _at_most("有效 valid", "valid", valid, "收回 returned", "returned", returned)
    usable = proportion_ci(count=valid, n=issued, confidence=confidence)
    if returned == 0:
        return ResponseRates(of_issued, usable, None)
    return ResponseRates(
        of_issued, usable, proportion_ci(count=valid, n=returned, confidence=confidence)
    )


def aapor_rates(
    *,
    complete: int,
    partial: int = 0,
    refused: int = 0,
    non_contact: int = 0,
    other: int = 0,
    unknown_household: int = 0,
    unknown_other: int = 0,
    ineligible: int | None = None,
    eligible_share: Number | None = None,
) -> CaseRates:
    """AAPOR response rates RR1 to RR6.

    With I complete, P partial, R refused, NC not contacted, O other, UH and UO unknown:
    RR1 = I/((I + P) + (R + NC + O) + (UH + UO)); RR3 multiplies the unknown by e, RR5 leaves them
    out; RR2, RR4 and RR6 have I + P on top.

    Parameters
    ----------
    complete, partial, refused, non_contact, other : int
        I, P, R, NC, O: cases known to be eligible. A printed form handed out and not returned is R
        or NC: the records must say which.
    unknown_household, unknown_other : int
        UH, UO: cases of unknown eligibility.
    ineligible : int, optional
        Cases known not to be eligible; from them e is estimated as eligible/(eligible +
        ineligible), if `eligible_share` is not given.
    eligible_share : number, optional
        e, between 0 and 1.

    Returns
    -------
    CaseRates
        Without unknown cases all three pairs are equal.

    Raises
    ------
    PlanError
        A count that is negative or no whole number, no case at all, or e outside 0–1.

    References
    ----------
    AAPOR (2016), Standard Definitions, 9th ed., section on response rates.
    """
    counts = {
        "complete": complete, "partial": partial, "refused": refused, "non_contact": non_contact,
        "other": other, "unknown_household": unknown_household, "unknown_other": unknown_other,
    }  # fmt: skip
    for name, count in counts.items():
        check_count(name, count)
    unknown = unknown_household + unknown_other
    eligible = sum(counts.values()) - unknown
    if eligible + unknown == 0:
        raise PlanError("没有任何样本单元；请给出各类的数目", "no cases at all; give their counts")
    share = _eligible_share(eligible, ineligible, eligible_share)
    if unknown == 0 and share is None:
        share = Fraction(1)  # multiplies nothing
    estimated = None if share is None else eligible + share * unknown
    answered = complete + partial
    return CaseRates(
        Fraction(complete, eligible + unknown),
        Fraction(answered, eligible + unknown),
        _rate(complete, estimated),
        _rate(answered, estimated),
        _rate(complete, eligible),
        _rate(answered, eligible),
        share,
    )


def _eligible_share(eligible: int, ineligible: int | None, given: Number | None) -> Fraction | None:
    if given is not None:
        return check_rate("eligible_share", given, zero=True, one=True)
    if ineligible is None:
        return None
    known = eligible + check_count("ineligible", ineligible)
    return Fraction(eligible, known) if known else None


def _rate(part: int, whole: Fraction | int | None) -> Fraction | None:
    return Fraction(part) / whole if whole else None


def _at_most(zh: str, name: str, part: int, whole_zh: str, whole_name: str, whole: int) -> None:
    """A part that is larger than its whole says that a form was counted wrongly."""
    if check_count(name, part) > whole:
        raise PlanError(
            f"{zh} = {part} 多于 {whole_zh} = {whole}；请核对问卷的登记",
            f"{name} = {part} is more than {whole_name} = {whole}; check the register of forms",
        )
