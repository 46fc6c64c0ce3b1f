"""What people send becomes a typed value once; what cannot be read is said in a sentence that names the field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_args, get_origin
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from pydantic_core.core_schema import ErrorType
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.types import Message, Receive

from citizen_space.kit.errors import TooLarge, Unreadable
from citizen_space.kit.text import LazyText, _, translate

MOST_FIELDS = 2000
Form = TypeVar("Form", bound=BaseModel)


@dataclass(frozen=True)
class Upload:
    """A file that somebody sent."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Sent:
    """The parts of a request's body."""

    body: bytes = b""
    typed: Mapping[str, Any] = ()  # type: ignore[assignment]
    uploads: Mapping[str, Upload] = ()  # type: ignore[assignment]


NOTHING = Sent(b"", {}, {})


async def read_body(receive: Receive, headers: Headers, limit: int) -> bytes:
    """Read a body of limited size."""
    if int(headers.get("content-length") or 0) > limit:
        raise TooLarge
    parts: list[bytes] = []
    size = 0
    while True:
        message: Message = await receive()
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise TooLarge
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def read_sent(receive: Receive, headers: Headers, limit: int) -> Sent:
    """Read a form, urlencoded or multipart."""
    body = await read_body(receive, headers, limit)
    if headers.get("content-type", "").startswith("multipart/form-data"):
        return await _read_multipart(body, headers, limit)
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise TooLarge from error
    return Sent(body, _gather(pairs), {})


async def _read_multipart(body: bytes, headers: Headers, limit: int) -> Sent:
    async def stream() -> Any:
        yield body

    try:
        form = await MultiPartParser(
            headers, stream(), max_files=50, max_fields=MOST_FIELDS, max_part_size=limit
        ).parse()
    except (MultiPartException, KeyError, UnicodeError) as error:
        raise Unreadable from error
    uploads: dict[str, Upload] = {}
    pairs: list[tuple[str, str]] = []
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if value.filename or content:
                uploads[name] = Upload(value.filename or "", value.content_type or "", content)
        else:
            pairs.append((name, value))
    await form.close()
    return Sent(body, _gather(pairs), uploads)


def _gather(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """One value stays a string, several under one name become a list."""
    typed: dict[str, Any] = {}
    for name, value in pairs:
        if name not in typed:
            typed[name] = value
        elif isinstance(typed[name], list):
            typed[name].append(value)
        else:
            typed[name] = [typed[name], value]
    return typed


def tidy(form: type[BaseModel] | None, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a page may show again: of a field sent twice the last, and nothing that no text may hold."""
    many = _many_fields(form) if form else typed
    return {name: _bare(value if name in many else _last(value)) for name, value in typed.items()}


def check_text(form: type[BaseModel] | None, typed: Mapping[str, Any]) -> None:
    """Refuse the one character that no text of ours may hold, by the field it stands in."""
    spoilt = [name for name, value in typed.items() if "\0" in name or "\0" in "".join(value)]
    if spoilt:
        raise UnreadableForm({_bare(name): [FieldSays(_label(form, name), _FORBIDDEN, {})] for name in spoilt})


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, list) else value


def _bare(value: Any) -> Any:
    return [_bare(one) for one in value] if isinstance(value, list) else value.replace("\0", "")


def parse(form: type[Form], typed: Mapping[str, Any], uploads: Mapping[str, Upload] | None = None) -> Form:
    """Read what was typed as a form; raises Unreadable with a sentence for each field."""
    many = _many_fields(form)
    data = {name: _value(value, name in many) for name, value in typed.items()}
    data = {name: value for name, value in data.items() if value is not None}
    for name, upload in (uploads or {}).items():
        data[name] = upload.content
    try:
        return form.model_validate(data)
    except ValidationError as error:
        raise explain(error, form) from error


def _value(value: Any, many: bool) -> Any:
    """A field left blank was not filled in: it is missing, not empty."""
    if many:
        values = value if isinstance(value, list) else [value]
        return [one for one in values if one.strip()]
    last = _last(value)
    return last if last.strip() else None


def _many_fields(form: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in form.model_fields.items() if _is_many(field.annotation)}


def _is_many(annotation: Any) -> bool:
    if get_origin(annotation) in (list, set, tuple, frozenset) or annotation in (list, set, tuple, frozenset):
        return True
    return any(_is_many(part) for part in get_args(annotation)) if get_origin(annotation) is not dict else False


SENTENCES: dict[str, LazyText] = {
    "missing": _("à remplir."),
    "string_too_short": _("trop court : %(min_length)s caractères au moins."),
    "string_too_long": _("trop long : %(max_length)s caractères au plus."),
    "string_pattern_mismatch": _("n’a pas la forme attendue."),
    "string_type": _("un texte est attendu."),
    "int_parsing": _("un nombre entier est attendu."),
    "int_type": _("un nombre entier est attendu."),
    "int_from_float": _("un nombre entier est attendu."),
    "int_parsing_size": _("ce nombre est trop grand."),
    "decimal_parsing": _("un nombre est attendu."),
    "decimal_type": _("un nombre est attendu."),
    "float_parsing": _("un nombre est attendu."),
    "float_type": _("un nombre est attendu."),
    "bool_parsing": _("répondez par oui ou par non."),
    "bool_type": _("répondez par oui ou par non."),
    "greater_than": _("doit être plus grand que %(gt)s."),
    "greater_than_equal": _("doit valoir %(ge)s au moins."),
    "less_than": _("doit être plus petit que %(lt)s."),
    "less_than_equal": _("doit valoir %(le)s au plus."),
    "multiple_of": _("doit être un multiple de %(multiple_of)s."),
    "too_short": _("choisissez-en %(min_length)s au moins."),
    "too_long": _("choisissez-en %(max_length)s au plus."),
    "literal_error": _("ce choix n’est pas proposé."),
    "enum": _("ce choix n’est pas proposé."),
    "date_parsing": _("une date est attendue."),
    "date_from_datetime_parsing": _("une date est attendue."),
    "date_from_datetime_inexact": _("une date est attendue."),
    "date_type": _("une date est attendue."),
    "date_past": _("une date passée est attendue."),
    "date_future": _("une date à venir est attendue."),
    "time_parsing": _("une heure est attendue, comme 12:30."),
    "time_type": _("une heure est attendue, comme 12:30."),
    "datetime_parsing": _("une date et une heure sont attendues."),
    "datetime_from_date_parsing": _("une date et une heure sont attendues."),
    "datetime_type": _("une date et une heure sont attendues."),
    "extra_forbidden": _("ce champ n’est pas attendu."),
}
_FORBIDDEN = _("ce texte contient un caractère interdit.")
_OTHERWISE = _("ce n’est pas ce qui est attendu.")


@dataclass(frozen=True)
class FieldSays:
    """What is wrong with one field, said later in the reader's language."""

    label: str
    sentence: str
    facts: Mapping[str, Any]

    def say(self, language: str) -> str:
        """Say it."""
        sentence = translate(self.sentence, language, **self.facts)
        if not self.label:
            return sentence
        # A question on the page names its field without its question mark.
        label = translate(self.label, language).rstrip("?").rstrip()
        return translate(_("%(label)s : %(sentence)s"), language, label=label, sentence=sentence)


class UnreadableForm(Unreadable):
    """A form whose fields cannot be read."""

    def __init__(self, said: Mapping[str, Sequence[FieldSays]]) -> None:
        super().__init__({name: [one.say("fr") for one in ones] for name, ones in said.items()})
        self.said = said

    def fields_in(self, language: str) -> dict[str, list[str]]:
        """Say each field's sentences in a language."""
        return {name: [one.say(language) for one in ones] for name, ones in self.said.items()}


def explain(error: ValidationError, form: type[BaseModel] | None = None) -> UnreadableForm:
    """Turn pydantic's errors into sentences that name the field."""
    said: dict[str, list[FieldSays]] = {}
    for one in error.errors(include_url=False, include_input=False):
        name = str(one["loc"][0]) if one["loc"] else ""
        said.setdefault(name, []).append(_explain_one(one, _label(form, name)))
    return UnreadableForm(said)


def _label(form: type[BaseModel] | None, name: str) -> str:
    if form is None:
        return ""
    for field_name, field in form.model_fields.items():
        if name in (field_name, field.alias):
            return field.title or ""
    return ""


def _explain_one(error: Any, label: str) -> FieldSays:
    kind, facts = error["type"], dict(error.get("ctx") or {})
    if kind in SENTENCES:
        return FieldSays(label, SENTENCES[kind], facts)
    raised = facts.get("error")
    if kind == "value_error" and raised is not None:
        first = raised.args[0] if raised.args else _OTHERWISE
        own = isinstance(first, LazyText)
        return FieldSays("" if own else label, first if own else _OTHERWISE, {})
    if kind not in _PYDANTICS_OWN:
        return FieldSays("", error["msg"], {})
    return FieldSays(label, _OTHERWISE, {})


# Every other kind that pydantic itself may raise; a kind outside is one of our forms' own, which brings its sentence.
_PYDANTICS_OWN = frozenset(get_args(ErrorType))
