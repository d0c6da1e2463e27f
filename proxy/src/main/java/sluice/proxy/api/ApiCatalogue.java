package sluice.proxy.api;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All endpoints: routing, refusals and the OpenAPI document are made of this list and of nothing else, so they cannot
 * disagree.
 */
public final class ApiCatalogue {
    private final List<Endpoint> endpoints;

    /** Throws IllegalArgumentException where a request could mean two endpoints. */
    public ApiCatalogue(List<Endpoint> endpoints) {
        this.endpoints = List.copyOf(endpoints);
        for (int i = 0; i < endpoints.size(); i++) {
            for (Endpoint earlier : endpoints.subList(0, i)) {
                Endpoint later = endpoints.get(i);
                boolean samePath = earlier.path().equals(later.path());
                if (samePath
                        ? earlier.method() == later.method()
                        : earlier.path().overlaps(later.path())) {
                    throw new IllegalArgumentException(earlier.method() + " " + earlier.path() + " and "
                            + later.method() + " " + later.path() + " are the same for some path");
                }
            }
        }
    }

    /** What is at a path. */
    sealed interface Place {
        /** @param variables of the path */
        record Here(Endpoint endpoint, Map<String, String> variables) implements Place {}

        /** @param allowed the methods there are */
        record OtherMethods(Set<ApiMethod> allowed) implements Place {}

        record Nothing() implements Place {}
    }

    public List<Endpoint> endpoints() {
        return endpoints;
    }

    /** @param method empty for one that no endpoint has */
    Place find(Optional<ApiMethod> method, List<String> path) {
        Set<ApiMethod> allowed = EnumSet.noneOf(ApiMethod.class);
        for (Endpoint endpoint : endpoints) {
            Optional<Map<String, String>> variables = endpoint.path().match(path);
            if (variables.isPresent()) {
                if (method.filter(endpoint.method()::equals).isPresent()) {
                    return new Place.Here(endpoint, variables.get());
                }
                allowed.add(endpoint.method());
            }
        }
        return allowed.isEmpty() ? new Place.Nothing() : new Place.OtherMethods(allowed);
    }

    /** Where somebody who asked for what is not there learns what is. */
    String guide() {
        return find(Optional.of(ApiMethod.GET), List.of()) instanceof Place.Here
                ? "GET / lists all paths"
                : "there are "
                        + endpoints.stream()
                                .map(endpoint -> endpoint.path().toString())
                                .distinct()
                                .collect(Collectors.joining(", "));
    }

    /** Paths in the order of the list, each with its endpoints. */
    public Map<PathTemplate, List<Endpoint>> byPath() {
        Map<PathTemplate, List<Endpoint>> paths = new LinkedHashMap<>();
        endpoints.forEach(endpoint -> paths.computeIfAbsent(endpoint.path(), first -> new ArrayList<>())
                .add(endpoint));
        return paths;
    }
}
