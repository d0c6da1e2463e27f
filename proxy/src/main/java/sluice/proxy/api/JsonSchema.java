package sluice.proxy.api;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.PropertyNamingStrategies;

/** What records look like as JSON, read from the records themselves, each described once under a name of its own. */
final class JsonSchema {
    private final Map<String, Object> described = new LinkedHashMap<>();
    private final Map<Class<?>, String> names = new LinkedHashMap<>();

    /** All records that were referred to, by name. */
    Map<String, Object> described() {
        return described;
    }

    /** A reference to the description of this record. */
    Map<String, Object> of(Class<? extends Record> type) {
        String name = names.get(type);
        if (name == null) {
            name = nameOf(type);
            if (names.containsValue(name)) {
                throw new IllegalStateException("two records are called " + name + " in the API");
            }
            names.put(type, name);
            described.put(name, describe(type));
        }
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    private static String nameOf(Class<?> type) {
        Class<?> outer = type.getEnclosingClass();
        String owner = outer == null ? "" : outer.getSimpleName().replaceAll("(Endpoints|Body)$", "");
        String own = type.getSimpleName().replaceAll("Body$", "");
        return own.startsWith(owner) ? own : owner + own;
    }

    private Map<String, Object> describe(Class<?> type) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonAnyGetter.class)) {
                schema.put("additionalProperties", of(valueType(component.getGenericType())));
                continue;
            }
            String name = nameOf(component);
            properties.put(name, of(component.getGenericType()));
            if (component.getType() != Optional.class && component.getType() != boolean.class) {
                required.add(name);
            }
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }

    private static String nameOf(RecordComponent component) {
        JsonProperty own = component.getAccessor().getAnnotation(JsonProperty.class);
        return own != null
                ? own.value()
                : PropertyNamingStrategies.SNAKE_CASE.nameForField(null, null, component.getName());
    }

    private Map<String, Object> of(Type type) {
        return switch (type) {
            case ParameterizedType whole
            when whole.getRawType() == Optional.class -> of(whole.getActualTypeArguments()[0]);
            case ParameterizedType whole
            when whole.getRawType() == List.class ->
                Map.of("type", "array", "items", of(whole.getActualTypeArguments()[0]));
            case ParameterizedType whole
            when whole.getRawType() == Map.class ->
                Map.of("type", "object", "additionalProperties", of(valueType(whole)));
            case Class<?> plain when plain.isRecord() -> of(plain.asSubclass(Record.class));
            // Anything at all.
            case Class<?> plain when plain == Object.class -> Map.of();
            case Class<?> plain when plain == String.class -> Map.of("type", "string");
            case Class<?> plain when plain == Instant.class -> Map.of("type", "string", "format", "date-time");
            case Class<?> plain when plain == boolean.class || plain == Boolean.class -> Map.of("type", "boolean");
            case Class<?> plain
            when plain == double.class || plain == Double.class -> Map.of("type", "number", "format", "double");
            case Class<?> plain
            when plain == int.class || plain == Integer.class -> Map.of("type", "integer", "format", "int32");
            case Class<?> plain
            when plain == long.class || plain == Long.class -> Map.of("type", "integer", "format", "int64");
            default -> throw new IllegalStateException("the API has no JSON for " + type.getTypeName());
        };
    }

    private static Type valueType(Type map) {
        return ((ParameterizedType) map).getActualTypeArguments()[1];
    }
}
