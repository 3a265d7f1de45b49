"""The service's templates as one: what is deployed, whichever stack within the service's own it belongs to."""

import json
from pathlib import Path
from typing import Any

NESTED = "AWS::CloudFormation::Stack"
PARTS = ("Resources", "Outputs")

Document = dict[str, Any]


def separate(folder: Path, stack: str) -> dict[str, Document]:
    """The templates of a stack and of those within it, by the logical ids that they have in it; its own by ""."""
    own = json.loads((folder / f"{stack}.template.json").read_text())
    assets = json.loads((folder / f"{stack}.assets.json").read_text())["files"]
    nested = {name: each["Properties"] for name, each in own["Resources"].items() if each["Type"] == NESTED}
    files = {name: _asset(properties["TemplateURL"]) for name, properties in nested.items()}
    return {"": own} | {
        name: json.loads((folder / assets[file]["source"]["path"]).read_text()) for name, file in files.items()
    }


def as_one(documents: dict[str, Document]) -> Document:
    """What all of them make, as the template of one stack would say it: with names in the place of parameters."""
    own = documents[""]
    whole: Document = {part: {} for part in PARTS}
    for name, document in documents.items():
        given = own["Resources"][name]["Properties"].get("Parameters", {}) if name else {}
        for part in PARTS:
            named = {} if name and part == "Outputs" else _replaced(document.get(part, {}), given, documents)
            assert not set(named) & set(whole[part])
            whole[part] |= named
    whole["Resources"] = {name: each for name, each in whole["Resources"].items() if each["Type"] != NESTED}
    return whole


def _asset(address: Document) -> str:
    """The asset that an address leads to."""
    name: str = address["Fn::Join"][1][-1]
    return name.removeprefix("/").removesuffix(".json")


def _replaced(value: Any, given: Document, documents: dict[str, Document]) -> Any:
    """The value with what a stack is given, and what it gives, in the place of the references to it."""
    match value:
        case {"Ref": str(name)} if name in given:
            return _replaced(given[name], {}, documents)
        case {"Fn::GetAtt": [str(stack), str(output)]} if stack in documents:
            return documents[stack]["Outputs"][output.removeprefix("Outputs.")]["Value"]
        case dict():
            return {name: _replaced(each, given, documents) for name, each in value.items()}
        case list():
            return [_replaced(each, given, documents) for each in value]
        case _:
            return value
