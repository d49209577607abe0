#!/usr/bin/python3
"""Holds answers of the API against its description.

    check-answers.py DESCRIPTION ANSWERS

ANSWERS is a JSON array of {"operation", "status", "type", "body"}; what is wrong is printed, a line each. Every operation
has to be there with an answer that is no error.
"""
import json
import sys

import jsonschema

description = json.load(open(sys.argv[1]))
answers = json.load(open(sys.argv[2]))
problems = []
seen = set()


def follow(node):
    while isinstance(node, dict) and "$ref" in node:
        target = description
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key]
        node = target
    return node


operations = {
    operation["operationId"]: operation
    for path in description["paths"].values()
    for method, operation in path.items()
}
for answer in answers:
    name, status = answer["operation"], str(answer["status"])
    responses = operations[name]["responses"]
    if status not in responses and int(status) < 400:
        problems.append(f"{name}: the status {status} is not described")
        continue
    response = follow(responses.get(status, responses["default"]))
    content = response.get("content", {})
    kind = answer["type"].split(";")[0]
    if content and kind not in content:
        problems.append(f"{name}: {status} has the type {kind}, not {', '.join(content)}")
        continue
    if int(status) < 400:
        seen.add(name)
    if kind != "application/json":
        continue
    schema = {**content[kind]["schema"], "components": description["components"]}
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.draft202012_format_checker)
    for error in checker.iter_errors(json.loads(answer["body"])):
        place = "/".join(str(part) for part in error.absolute_path)
        problems.append(f"{name}: {status}: {place}: {error.message[:300]}")
problems += [f"{name}: no answer was tried" for name in sorted(set(operations) - seen)]
print("\n".join(problems))
sys.exit(1 if problems else 0)
