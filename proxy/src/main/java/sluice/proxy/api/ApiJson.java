package sluice.proxy.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/** Records as JSON, in snake case: what is absent is left out, and what is read has to be exactly what the record says. */
public final class ApiJson {
    /** Objects and lists in one another. */
    static final int MAX_NESTING = 16;

    /** Of where a mistake is: names in a body are the caller's. */
    static final int MAX_PLACE_LENGTH = 120;

    private static final JsonMapper MAPPER = mapper();

    private ApiJson() {}

    private static JsonMapper mapper() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_NESTING)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        JsonMapper.Builder builder = JsonMapper.builder(factory)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .changeDefaultPropertyInclusion(none ->
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS);
        // A number or a flag in quotes is refused by the last line; text without quotes by this.
        builder.withCoercionConfig(
                LogicalType.Textual,
                text -> List.of(CoercionInputShape.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean)
                        .forEach(shape -> text.setCoercion(shape, CoercionAction.Fail)));
        return builder.build();
    }

    public static byte[] write(Object body) {
        return MAPPER.writeValueAsBytes(body);
    }

    /**
     * What is not there is empty where the record has an Optional, false where it has a flag, and else a mistake; a number
     * that has to be there is an Integer, not an int.
     *
     * <p>Throws ApiFault that says where {@code body} is no such record. It never repeats what stands there: that may be a
     * secret.
     */
    public static <T extends Record> T read(byte[] body, Class<T> type) {
        try {
            T value = MAPPER.readValue(body, type);
            if (value == null) {
                throw new ApiFault(ApiProblem.badRequest("the body is null, not an object"));
            }
            return value;
        } catch (DatabindException e) {
            throw new ApiFault(fault(e));
        } catch (JacksonException e) {
            var place = e.getLocation();
            throw new ApiFault(ApiProblem.badRequest("the body is no JSON object"
                    + (place == null || place.getLineNr() < 1
                            ? ""
                            : ": see line " + place.getLineNr() + ", column " + place.getColumnNr())));
        }
    }

    private static ApiProblem fault(DatabindException e) {
        if (e.getCause() instanceof ApiFault fault) {
            return fault.problem();
        }
        String path = e.getPath().stream()
                .map(step -> step.getPropertyName() == null ? "[" + step.getIndex() + "]" : step.getPropertyName())
                .collect(Collectors.joining("."));
        String whole = path.isEmpty() ? "the body" : path.replace(".[", "[");
        String place = whole.length() <= MAX_PLACE_LENGTH ? whole : whole.substring(0, MAX_PLACE_LENGTH) + "...";
        return ApiProblem.badRequest(place
                + (e instanceof UnrecognizedPropertyException ? " is unknown here" : " is missing or of another type"));
    }
}
