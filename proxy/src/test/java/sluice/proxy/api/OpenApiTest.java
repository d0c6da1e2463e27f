package sluice.proxy.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sluice.proxy.api.event.PoolAddresses;
import sluice.proxy.api.event.netty.EventOutlets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Holds the document to the catalogue, and to those rules of OpenAPI 3.1 that need no network to check. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete");

    private final ApiCatalogue catalogue = FarmApi.catalogue(new RehearsedFarm(), new ApiTally(), events());
    private final JsonNode document = JsonMapper.shared().readTree(served("/api/v1/openapi.json"));

    private static List<Endpoint> events() {
        try (EventOutlets outlets = new EventOutlets(List.of(), PoolAddresses.UNKNOWN, InstantSource.system())) {
            return outlets.endpoints(report -> {});
        }
    }

    private byte[] served(String path) {
        Endpoint endpoint = catalogue.endpoints().stream()
                .filter(one -> one.path().toString().equals(path))
                .findFirst()
                .orElseThrow();
        ApiRequest request = new ApiRequest(
                ApiMethod.GET,
                path,
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty(),
                new byte[0],
                Caller.NOBODY,
                "",
                RehearsedFarm.NOW);
        ApiAnswer answer =
                endpoint.handler().handle(request).toCompletableFuture().join();
        return ((ApiAnswer.Document) answer).bytes();
    }

    /** All operations, by method and path. */
    private Map<String, JsonNode> operations() {
        Map<String, JsonNode> operations = new TreeMap<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    assertThat(METHODS).contains(operation.getKey());
                    operations.put(operation.getKey() + " " + path.getKey(), operation.getValue());
                }));
        return operations;
    }

    @Test
    void documentsEveryEndpointAndNothingElse() {
        assertThat(operations().keySet())
                .containsExactlyInAnyOrderElementsOf(catalogue.endpoints().stream()
                        .map(endpoint -> endpoint.method().lowerCase() + " " + endpoint.path())
                        .toList());
    }

    @Test
    void saysOfEachEndpointWhatTheCatalogueSays() {
        for (Endpoint endpoint : catalogue.endpoints()) {
            JsonNode operation = operations().get(endpoint.method().lowerCase() + " " + endpoint.path());
            assertThat(operation.get("summary").asString())
                    .isEqualTo(endpoint.summary())
                    .endsWith(".");
            assertThat(operation.get("security").isEmpty())
                    .isEqualTo(endpoint.scope().isEmpty());
            assertThat(operation.path("x-sluice-scope").asString(""))
                    .isEqualTo(endpoint.scope().map(scope -> scope.text()).orElse(""));
            assertThat(operation.has("requestBody"))
                    .isEqualTo(endpoint.request().isPresent());
            List<String> parameters = new ArrayList<>();
            operation
                    .path("parameters")
                    .forEach(parameter -> parameters.add(parameter.get("in").asString() + " "
                            + parameter.get("name").asString()));
            List<String> expected = new ArrayList<>();
            endpoint.path().variables().forEach(name -> expected.add("path " + name));
            endpoint.query().forEach(parameter -> expected.add("query " + parameter.name()));
            assertThat(parameters).isEqualTo(expected);
        }
    }

    @Test
    void isAnOpenApiDocument() {
        assertThat(document.get("openapi").asString()).matches("3\\.1\\.\\d+");
        assertThat(document.get("info").get("title").asString()).isNotEmpty();
        assertThat(document.get("info").get("version").asString()).isEqualTo("1.2.3");
        assertThat(document.propertyNames())
                .isSubsetOf("openapi", "info", "servers", "tags", "paths", "components", "security");
        Set<String> ids = new TreeSet<>();
        Set<String> tags = new TreeSet<>();
        document.get("tags")
                .forEach(tag -> assertThat(tags.add(tag.get("name").asString())).isTrue());
        operations().forEach((name, operation) -> {
            assertThat(name).matches("[a-z]+ /.*");
            assertThat(ids.add(operation.get("operationId").asString()))
                    .as(name)
                    .isTrue();
            operation.get("tags").forEach(tag -> assertThat(tags).contains(tag.asString()));
            assertThat(operation.get("responses").propertyNames())
                    .isNotEmpty()
                    .allMatch(key -> key.matches("[1-5](\\d\\d|XX)|default"));
            operation
                    .get("responses")
                    .forEach(response ->
                            assertThat(response.get("description").asString()).isNotEmpty());
            operation
                    .get("security")
                    .forEach(requirement -> requirement
                            .propertyNames()
                            .forEach(scheme -> assertThat(document.at("/components/securitySchemes")
                                            .has(scheme))
                                    .isTrue()));
            operation.path("parameters").forEach(parameter -> {
                assertThat(parameter.has("schema")).isTrue();
                assertThat(parameter.get("required").asBoolean())
                        .isEqualTo(parameter.get("in").asString().equals("path"));
            });
        });
    }

    @Test
    void everyPlaceInAPathIsDeclared() {
        operations().forEach((name, operation) -> {
            Matcher places = Pattern.compile("\\{([^}]+)}").matcher(name);
            List<String> declared = new ArrayList<>();
            operation.path("parameters").forEach(parameter -> {
                if (parameter.get("in").asString().equals("path")) {
                    declared.add(parameter.get("name").asString());
                }
            });
            assertThat(places.results().map(place -> place.group(1))).containsExactlyElementsOf(declared);
        });
    }

    @Test
    void everyReferenceLeadsToADescriptionAndEveryDescriptionIsUsed() {
        Set<String> used = new TreeSet<>();
        for (JsonNode reference : document.findValues("$ref")) {
            String text = reference.asString();
            assertThat(document.at(text.substring(1)).isObject()).as(text).isTrue();
            used.add(text.substring(text.lastIndexOf('/') + 1));
        }
        assertThat(document.at("/components/schemas").propertyNames())
                .containsExactlyInAnyOrderElementsOf(used)
                .allMatch(name -> name.matches("[A-Za-z0-9._-]+"));
        document.at("/components/schemas")
                .properties()
                .forEach(schema -> schema.getValue()
                        .path("required")
                        .forEach(name -> assertThat(
                                        schema.getValue().get("properties").has(name.asString()))
                                .isTrue()));
    }

    @Test
    void thePageNamesEveryPathAndTakesNothingFromElsewhere() {
        String page = new String(served("/"), UTF_8);
        catalogue
                .endpoints()
                .forEach(endpoint ->
                        assertThat(page).contains("<code>" + endpoint.path() + "</code>", endpoint.summary()));
        assertThat(page)
                .startsWith("<!doctype html>")
                .doesNotContain("<script", "http:", "https:", "src=", "@import", "url(");
    }
}
