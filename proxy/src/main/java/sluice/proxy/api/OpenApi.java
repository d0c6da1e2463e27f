package sluice.proxy.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The OpenAPI 3.1 document of a catalogue, and a page for people: both made from the catalogue that answers requests. */
final class OpenApi {
    private static final String PATH = FarmApi.ROOT + "/openapi.json";
    private static final String SCHEME = "token";

    private final ApiCatalogue catalogue;
    private final String version;
    private final JsonSchema schemas = new JsonSchema();

    private OpenApi(ApiCatalogue catalogue, String version) {
        this.catalogue = catalogue;
        this.version = version;
    }

    /** These endpoints, and those that document all of them. */
    static ApiCatalogue documented(List<Endpoint> endpoints, String version) {
        CompletableFuture<ApiAnswer> document = new CompletableFuture<>();
        CompletableFuture<ApiAnswer> page = new CompletableFuture<>();
        List<Endpoint> all = new ArrayList<>(endpoints);
        all.add(Endpoint.open(ApiMethod.GET, PATH)
                .says("documentation", "This API as an OpenAPI 3.1 document.")
                .answers(new Endpoint.Content.Other("application/json"), request -> document));
        all.add(Endpoint.open(ApiMethod.GET, "/")
                .says("documentation", "This API on a page for people.")
                .answers(new Endpoint.Content.Other("text/html"), request -> page));
        ApiCatalogue catalogue = new ApiCatalogue(all);
        document.complete(new ApiAnswer.Document(
                200, "application/json", ApiJson.write(new OpenApi(catalogue, version).document())));
        page.complete(new ApiAnswer.Document(200, "text/html; charset=utf-8", ApiPage.of(catalogue, version)));
        return catalogue;
    }

    private Map<String, Object> document() {
        Map<String, Object> paths = new LinkedHashMap<>();
        catalogue.byPath().forEach((path, endpoints) -> {
            Map<String, Object> item = new LinkedHashMap<>();
            endpoints.forEach(endpoint -> item.put(endpoint.method().lowerCase(), operation(endpoint)));
            paths.put(path.toString(), item);
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                ordered(
                        "title", "Sluice",
                        "description", "A mining gateway: what it does, and how other programs steer it.",
                        "version", version));
        document.put("servers", List.of(Map.of("url", "/")));
        document.put(
                "tags",
                catalogue.endpoints().stream()
                        .map(Endpoint::tag)
                        .collect(Collectors.toCollection(TreeSet::new))
                        .stream()
                        .map(tag -> Map.of("name", tag))
                        .toList());
        document.put("paths", paths);
        schemas.of(ApiProblem.class);
        document.put(
                "components",
                ordered(
                        "schemas", schemas.described(),
                        "securitySchemes", Map.of(SCHEME, ordered("type", "http", "scheme", "bearer"))));
        return document;
    }

    private Map<String, Object> operation(Endpoint endpoint) {
        Map<String, Object> operation = new LinkedHashMap<>();
        operation.put("operationId", operationId(endpoint));
        operation.put("tags", List.of(endpoint.tag()));
        operation.put("summary", endpoint.summary());
        List<Object> parameters = new ArrayList<>();
        endpoint.path()
                .variables()
                .forEach(name -> parameters.add(
                        ordered("name", name, "in", "path", "required", true, "schema", Map.of("type", "string"))));
        endpoint.query()
                .forEach(parameter -> parameters.add(ordered(
                        "name", parameter.name(),
                        "in", "query",
                        "required", false,
                        "description", parameter.says(),
                        "schema", schema(parameter.kind()))));
        if (!parameters.isEmpty()) {
            operation.put("parameters", parameters);
        }
        endpoint.request()
                .ifPresent(type ->
                        operation.put("requestBody", ordered("required", true, "content", json(schemas.of(type)))));
        operation.put("responses", responses(endpoint));
        operation.put("security", endpoint.scope().isPresent() ? List.of(Map.of(SCHEME, List.of())) : List.of());
        endpoint.scope().ifPresent(scope -> operation.put("x-sluice-scope", scope.text()));
        return operation;
    }

    /** Of the method and the path: {@code get_miners_id}. */
    private static String operationId(Endpoint endpoint) {
        String path = endpoint.path().toString().replace(FarmApi.ROOT, "");
        return endpoint.method().lowerCase()
                + path.replaceAll("[^a-z0-9]+", "_").replaceAll("_$", "");
    }

    private Map<String, Object> responses(Endpoint endpoint) {
        Map<String, Object> content = switch (endpoint.answer()) {
            case Endpoint.Content.Json(var type) -> json(schemas.of(type));
            case Endpoint.Content.Other(var mediaType) -> Map.of(mediaType, Map.of());
        };
        return ordered(
                "200", ordered("description", "as asked", "content", content),
                "default",
                        ordered(
                                "description",
                                "why not (RFC 9457)",
                                "content",
                                Map.of("application/problem+json", Map.of("schema", schemas.of(ApiProblem.class)))));
    }

    private static Map<String, Object> json(Map<String, Object> schema) {
        return Map.of("application/json", Map.of("schema", schema));
    }

    private static Map<String, Object> schema(QueryParameter.Kind kind) {
        return switch (kind) {
            case QueryParameter.Kind.Text(int most) -> ordered("type", "string", "maxLength", most);
            case QueryParameter.Kind.Number(int least, int most) ->
                ordered("type", "integer", "minimum", least, "maximum", most);
            case QueryParameter.Kind.Choice(List<String> values) -> ordered("type", "string", "enum", values);
        };
    }

    /** A map that keeps the order in which names and values stand here. */
    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
