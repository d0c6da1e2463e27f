package sluice.proxy.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The API on one page that needs no script and nothing from elsewhere. */
final class ApiPage {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
            code { font: 14px ui-monospace, monospace; }
            table { border-collapse: collapse; width: 100%; }
            td { border-top: 1px solid #8886; padding: .3em .6em .3em 0; vertical-align: top; }
            small { opacity: .75; }
            """;

    private ApiPage() {}

    static byte[] of(ApiCatalogue catalogue, String version) {
        StringBuilder page = new StringBuilder("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Sluice API</title>\n<style>\n");
        page.append(STYLE).append("</style>\n</head>\n<body>\n<h1>Sluice API</h1>\n<p>Version ");
        page.append(escaped(version))
                .append(". Send <code>Authorization: Bearer TOKEN</code>; <code>sluice token</code> makes tokens."
                        + " For programs: <a href=\"/api/v1/openapi.json\">OpenAPI 3.1</a>.</p>\n");
        Map<String, List<Endpoint>> byTag = catalogue.endpoints().stream()
                .collect(Collectors.groupingBy(Endpoint::tag, TreeMap::new, Collectors.toList()));
        byTag.forEach((tag, endpoints) -> {
            page.append("<h2>").append(escaped(tag)).append("</h2>\n<table>\n");
            endpoints.forEach(endpoint -> page.append(row(endpoint)));
            page.append("</table>\n");
        });
        return page.append("</body>\n</html>\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String row(Endpoint endpoint) {
        String query = endpoint.query().stream()
                .map(parameter -> "<br><small><code>" + escaped(parameter.name()) + "</code> "
                        + escaped(parameter.says()) + "</small>")
                .collect(Collectors.joining());
        return "<tr><td><code>" + endpoint.method() + "</code></td><td><code>"
                + escaped(endpoint.path().toString()) + "</code></td><td>"
                + escaped(endpoint.summary()) + query + "</td><td><small>"
                + endpoint.scope().map(scope -> scope.text()).orElse("open") + "</small></td></tr>\n";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
