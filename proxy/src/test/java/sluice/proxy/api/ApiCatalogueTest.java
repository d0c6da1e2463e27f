package sluice.proxy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.config.ApiScope;

class ApiCatalogueTest {
    record Nothing() {}

    private static final Endpoint MINERS = endpoint(ApiMethod.GET, "/api/v1/miners");
    private static final Endpoint MINER = endpoint(ApiMethod.GET, "/api/v1/miners/{id}");
    private static final Endpoint REMOVE = endpoint(ApiMethod.DELETE, "/api/v1/miners/{id}");
    private static final ApiCatalogue CATALOGUE = new ApiCatalogue(List.of(MINERS, MINER, REMOVE));

    private static Endpoint endpoint(ApiMethod method, String path) {
        return Endpoint.of(method, path, ApiScope.READ)
                .answers(Nothing.class, request -> CompletableFuture.completedFuture(ApiAnswer.ok(new Nothing())));
    }

    private static ApiCatalogue.Place find(ApiMethod method, String... path) {
        return CATALOGUE.find(Optional.of(method), List.of(path));
    }

    @Test
    void findsWhatAMethodDoesAtAPathWithItsVariables() {
        assertThat(find(ApiMethod.GET, "api", "v1", "miners")).isEqualTo(new ApiCatalogue.Place.Here(MINERS, Map.of()));
        assertThat(find(ApiMethod.DELETE, "api", "v1", "miners", "7"))
                .isEqualTo(new ApiCatalogue.Place.Here(REMOVE, Map.of("id", "7")));
    }

    @Test
    void namesTheMethodsThatAPathHas() {
        assertThat(find(ApiMethod.POST, "api", "v1", "miners", "7"))
                .isEqualTo(new ApiCatalogue.Place.OtherMethods(Set.of(ApiMethod.GET, ApiMethod.DELETE)));
        assertThat(CATALOGUE.find(Optional.empty(), List.of("api", "v1", "miners")))
                .isEqualTo(new ApiCatalogue.Place.OtherMethods(Set.of(ApiMethod.GET)));
    }

    @Test
    void knowsNoOtherPath() {
        assertThat(find(ApiMethod.GET)).isEqualTo(new ApiCatalogue.Place.Nothing());
        assertThat(find(ApiMethod.GET, "api", "v1", "MINERS")).isEqualTo(new ApiCatalogue.Place.Nothing());
        assertThat(find(ApiMethod.GET, "api", "v1", "miners", "7", "8")).isEqualTo(new ApiCatalogue.Place.Nothing());
    }

    @Test
    void refusesAListInWhichTheOrderWouldDecide() {
        assertThatThrownBy(() -> new ApiCatalogue(List.of(MINERS, endpoint(ApiMethod.GET, "/api/v1/miners"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ApiCatalogue(List.of(MINER, endpoint(ApiMethod.GET, "/api/v1/miners/all"))))
                .hasMessage("GET /api/v1/miners/{id} and GET /api/v1/miners/all are the same for some path");
    }

    @Test
    void aTemplateIsAPath() {
        for (String text : List.of("", "api", "/api/", "/{Id}", "/a{b}", "/a//b", "/a?b")) {
            assertThatThrownBy(() -> PathTemplate.of(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(PathTemplate.of("/goals/{goal}/lanes/{lane}").variables()).containsExactly("goal", "lane");
        assertThat(PathTemplate.of("/").match(List.of())).contains(Map.of());
    }
}
