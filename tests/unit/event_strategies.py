"""Hypothesis strategies for any event of the contract, made from its own type: every bound is kept to."""

from typing import Any, cast

from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct, inspect
from msgspec.inspect import Field, StructType, Type


def events(kind: type[Struct]) -> st.SearchStrategy[Struct]:
    """Any valid event of this type."""
    return cast("st.SearchStrategy[Struct]", _values(inspect.type_info(kind)))


def _values(of: Type) -> st.SearchStrategy[Any]:
    match of:
        case StructType():
            return st.builds(of.cls, **{field.name: _field(field) for field in of.fields})
        case inspect.UnionType():
            return st.one_of([_values(part) for part in of.types])
        case inspect.Metadata():
            return _values(of.type)
        case inspect.VarTupleType():
            return st.lists(_values(of.item_type), max_size=min(of.max_length or 3, 3)).map(tuple)
        case inspect.DictType():
            return st.dictionaries(_values(of.key_type), _values(of.value_type), max_size=3)
        case _:
            return _scalars(of)


def _field(field: Field) -> st.SearchStrategy[Any]:
    values = _values(field.type)
    return values if field.default is NODEFAULT else st.one_of(st.just(field.default), values)


def _texts(of: inspect.StrType) -> st.SearchStrategy[str]:
    if of.pattern is not None:
        return st.from_regex(of.pattern)
    longest = min(of.max_length if of.max_length is not None else 50, 50)
    return st.text(min_size=of.min_length or 0, max_size=longest)


def _scalars(of: Type) -> st.SearchStrategy[Any]:
    if isinstance(of, inspect.StrType):
        return _texts(of)
    if isinstance(of, inspect.EnumType):
        return st.sampled_from(list(of.cls))
    if isinstance(of, inspect.IntType):
        low = of.ge if of.ge is not None else -(2**63)
        return st.integers(low, of.le if of.le is not None else 2**63 - 1)
    if isinstance(of, inspect.FloatType):
        return st.floats(of.ge, of.le, allow_nan=False, allow_infinity=False)
    return _PLAIN[type(of)]


_PLAIN: dict[type[Type], st.SearchStrategy[Any]] = {
    inspect.BoolType: st.booleans(),
    inspect.BytesType: st.binary(max_size=50),
    inspect.NoneType: st.none(),
}
