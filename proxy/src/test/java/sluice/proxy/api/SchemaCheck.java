package sluice.proxy.api;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Holds JSON to a schema of an OpenAPI document, as far as our own documents use the language; what is not declared is a fault. */
final class SchemaCheck {
    private SchemaCheck() {}

    static List<String> faults(JsonNode document, JsonNode schema, JsonNode value, String place) {
        List<String> faults = new ArrayList<>();
        if (schema.isMissingNode()) {
            faults.add(place + " has no schema");
            return faults;
        }
        if (schema.has("$ref")) {
            String pointer = schema.get("$ref").asString().substring(1);
            return faults(document, document.at(pointer), value, place);
        }
        String type = schema.get("type").asString();
        boolean fits = switch (type) {
            case "object" -> value.isObject();
            case "array" -> value.isArray();
            case "string" -> value.isString();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            default -> false;
        };
        if (!fits) {
            faults.add(place + " is " + value + ", not a " + type);
        } else if (type.equals("object")) {
            schema.path("required").forEach(name -> {
                if (!value.has(name.asString())) {
                    faults.add(place + "." + name.asString() + " is missing");
                }
            });
            value.properties().forEach(entry -> {
                String name = place + "." + entry.getKey();
                JsonNode declared = schema.path("properties").has(entry.getKey())
                        ? schema.get("properties").get(entry.getKey())
                        : schema.path("additionalProperties");
                faults.addAll(faults(document, declared, entry.getValue(), name));
            });
        } else if (type.equals("array")) {
            for (JsonNode element : value) {
                faults.addAll(faults(document, schema.get("items"), element, place + "[]"));
            }
        }
        return faults;
    }
}
