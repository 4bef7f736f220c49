"""Why a clause restricts: what a statement of reasons says of it (EU Digital Services Act, article 17)."""

from enum import StrEnum

from msgspec import Struct

from stream.core.fields import Jurisdiction


class Ground(StrEnum):
    """What a restriction rests on: content against the law, or against the terms of the service."""

    LAW = "law"
    TERMS = "terms"


class Category(StrEnum):
    """What a statement is about: the DSA Transparency Database's categories (schema of July 2025)."""

    ANIMAL_WELFARE = "animal_welfare"
    CONSUMER_INFORMATION = "consumer_information"
    CYBER_VIOLENCE = "cyber_violence"
    CYBER_VIOLENCE_AGAINST_WOMEN = "cyber_violence_against_women"
    DATA_PROTECTION_AND_PRIVACY_VIOLATIONS = "data_protection_and_privacy_violations"
    ILLEGAL_OR_HARMFUL_SPEECH = "illegal_or_harmful_speech"
    INTELLECTUAL_PROPERTY_INFRINGEMENTS = "intellectual_property_infringements"
    NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS = "negative_effects_on_civic_discourse_or_elections"
    NOT_SPECIFIED_NOTICE = "not_specified_notice"
    OTHER_VIOLATION_TC = "other_violation_tc"
    PROTECTION_OF_MINORS = "protection_of_minors"
    RISK_FOR_PUBLIC_SECURITY = "risk_for_public_security"
    SCAMS_AND_FRAUD = "scams_and_fraud"
    SELF_HARM = "self_harm"
    UNSAFE_AND_PROHIBITED_PRODUCTS = "unsafe_and_prohibited_products"
    VIOLENCE = "violence"

    @property
    def statement(self) -> str:
        """The database's own name of it."""
        return "STATEMENT_CATEGORY_" + self.value.upper()


class Reason(Struct, frozen=True):
    """What a restriction under one clause is grounded on.

    Attributes:
        ground: law or terms.
        reference: the law's article, or the address at which the terms stand.
        category: what the statement is about.
        territory: where the clause counts; empty is everywhere.
    """

    ground: Ground
    reference: str
    category: Category
    territory: tuple[Jurisdiction, ...] = ()
