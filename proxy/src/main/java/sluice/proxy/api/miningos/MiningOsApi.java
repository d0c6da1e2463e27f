package sluice.proxy.api.miningos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import sluice.config.ApiScope;
import sluice.config.ListenerConfig;
import sluice.config.SoloConfig;
import sluice.protocol.bitcoin.Network;
import sluice.proxy.api.ApiAnswer;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.ApiFault;
import sluice.proxy.api.ApiMethod;
import sluice.proxy.api.ApiProblem;
import sluice.proxy.api.ApiRequest;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.Farm;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.view.FarmBooks;
import sluice.proxy.view.FarmHashrates;
import sluice.proxy.view.Hashrates;
import sluice.proxy.view.MinerRoster.Miner;
import sluice.proxy.view.MinerRoster.MinerChannel;

/**
 * What MiningOS's worker for DATUM gateways asks for, in the shapes of DATUM gateway's pull request 179 as that worker reads
 * them. A port of ours stands where such a gateway has a thread, and a channel where it has a client.
 */
public final class MiningOsApi {
    /** Clients in one answer; a farm with more has an API for pages of them. */
    static final int MAX_CLIENTS = 10_000;

    private static final String ROOT = "/v1/";
    private static final String TAG = "miningos";

    private final Farm farm;

    private MiningOsApi(Farm farm) {
        this.farm = farm;
    }

    public static ApiCatalogue catalogue(Farm farm) {
        return new ApiCatalogue(new MiningOsApi(farm).all());
    }

    private List<Endpoint> all() {
        return List.of(
                open("ping", "Says that it is there.")
                        .answers(
                                new Endpoint.Content.Other("text/plain"),
                                request -> CompletableFuture.completedFuture(
                                        new ApiAnswer.Document(200, "text/plain", "PONG".getBytes(US_ASCII)))),
                open("decentralized_client_stats", "Says what upstreams made of the shares.")
                        .answers(ClientStatsBody.class, this::clientStats),
                open("stratum_server_info", "Counts miners and their work.")
                        .answers(ServerInfoBody.class, this::serverInfo),
                open("current_stratum_job", "Shows the latest job.").answers(StratumJobBody.class, this::stratumJob),
                open("coinbaser", "Says whom the latest job pays.").answers(CoinbaserBody.class, this::coinbaser),
                open("thread_stats", "Counts miners by port.").answers(ThreadStatsBody.class, this::threadStats),
                guarded("stratum_client_list", "Lists miners.").answers(ClientListBody.class, this::clientList),
                guarded("configuration", "Says what the gateway is set to, without secrets.")
                        .answers(ConfigurationBody.class, this::configuration));
    }

    private static Endpoint.Builder open(String name, String summary) {
        return Endpoint.open(ApiMethod.GET, ROOT + name).says(TAG, summary);
    }

    private static Endpoint.Builder guarded(String name, String summary) {
        return Endpoint.of(ApiMethod.GET, ROOT + name, ApiScope.READ).says(TAG, summary);
    }

    private CompletionStage<ApiAnswer> clientStats(ApiRequest request) {
        return farm.routing()
                .thenCombine(
                        farm.ask(FarmBooks::work),
                        (routing, work) -> ApiAnswer.ok(ClientStatsBody.of(
                                farm.config(),
                                Feeding.of(routing, farm.config()),
                                farm.snapshot(),
                                work,
                                Duration.between(farm.startedAt(), request.at()))));
    }

    private CompletionStage<ApiAnswer> serverInfo(ApiRequest request) {
        return withMiners((miners, rates) -> new ServerInfoBody(
                (int) miners.stream().map(Miner::listener).distinct().count(),
                miners.size(),
                miners.stream().mapToInt(miner -> miner.channels().size()).sum(),
                Units.terahashes(rates.gateway().fiveMinutes())));
    }

    private CompletionStage<ApiAnswer> stratumJob(ApiRequest request) {
        return farm.template()
                .thenCombine(
                        farm.ask(FarmBooks::work),
                        (template, work) -> ApiAnswer.ok(StratumJobBody.of(
                                job(work),
                                work.tip().orElseThrow(MiningOsApi::noJob),
                                template.current(),
                                request.at())));
    }

    private CompletionStage<ApiAnswer> coinbaser(ApiRequest request) {
        Network network =
                farm.config().routing().solo().map(SoloConfig::network).orElse(Network.MAINNET);
        return farm.ask(FarmBooks::work)
                .thenApply(work ->
                        ApiAnswer.ok(CoinbaserBody.of(job(work).announced().outputs(), network)));
    }

    private static GatewayEvent.MiningJobCreated job(FarmBooks.Work work) {
        return work.job().orElseThrow(MiningOsApi::noJob);
    }

    private static ApiFault noJob() {
        return new ApiFault(ApiProblem.unavailable("there is no job yet"));
    }

    private CompletionStage<ApiAnswer> threadStats(ApiRequest request) {
        return withMiners((miners, rates) -> {
            Map<String, ThreadStatsBody.ThreadBody> threads = new LinkedHashMap<>();
            for (ListenerConfig listener : farm.config().listeners()) {
                List<Miner> here = miners.stream()
                        .filter(miner -> miner.listener().equals(listener.name()))
                        .toList();
                if (!here.isEmpty()) {
                    threads.put(
                            thread(listener.name()),
                            new ThreadStatsBody.ThreadBody(
                                    here.size(),
                                    here.stream()
                                            .mapToInt(miner -> miner.channels().size())
                                            .sum(),
                                    Units.terahashes(rates.listeners()
                                            .getOrDefault(listener.name(), Hashrates.NONE)
                                            .fiveMinutes())));
                }
            }
            return new ThreadStatsBody(threads);
        });
    }

    private CompletionStage<ApiAnswer> clientList(ApiRequest request) {
        return withMiners((miners, rates) -> new ClientListBody(clients(miners, rates, request.at())));
    }

    private Map<String, Map<String, ClientListBody.Client>> clients(
            List<Miner> miners, FarmHashrates rates, Instant now) {
        Map<Identity, Double> hashrates = new HashMap<>();
        rates.miners()
                .forEach(miner -> hashrates.put(
                        new Identity(miner.connectionId(), miner.userIdentity()),
                        miner.hashrates().fiveMinutes()));
        Map<String, Map<String, ClientListBody.Client>> threads = new TreeMap<>();
        int listed = 0;
        for (Miner miner : miners) {
            if (listed >= MAX_CLIENTS) {
                break;
            }
            Map<String, ClientListBody.Client> clients =
                    threads.computeIfAbsent(thread(miner.listener()), first -> new LinkedHashMap<>());
            String id = Long.toString(miner.connectionId());
            if (miner.channels().isEmpty()) {
                clients.put(id, ClientListBody.Client.unsubscribed(miner, now));
                listed++;
            }
            Map<String, Long> sharers = miner.channels().stream()
                    .collect(Collectors.groupingBy(MinerChannel::userIdentity, Collectors.counting()));
            for (MinerChannel channel : miner.channels()) {
                double hashrate =
                        hashrates.getOrDefault(new Identity(miner.connectionId(), channel.userIdentity()), 0.0);
                clients.put(
                        clients.containsKey(id) ? id + "." + channel.channelId() : id,
                        ClientListBody.Client.of(miner, channel, hashrate / sharers.get(channel.userIdentity()), now));
                listed++;
            }
        }
        return threads;
    }

    /** Whose hashrate is measured: channels of one connection with the same name are one. */
    private record Identity(long connectionId, String user) {}

    private CompletionStage<ApiAnswer> configuration(ApiRequest request) {
        return farm.routing().thenApply(routing -> {
            Feeding feeding = Feeding.of(routing, farm.config());
            return ApiAnswer.ok(ConfigurationBody.of(
                    farm.config(),
                    feeding.upstream().or(() -> Feeding.first(farm.config().routing()))));
        });
    }

    private String thread(String listener) {
        List<String> names =
                farm.config().listeners().stream().map(ListenerConfig::name).toList();
        return Integer.toString(Math.max(0, names.indexOf(listener)));
    }

    private CompletionStage<ApiAnswer> withMiners(MinersAnswer answer) {
        return farm.ask(FarmBooks::miners)
                .thenCombine(farm.hashrates(), (miners, rates) -> ApiAnswer.ok(answer.of(miners, rates)));
    }

    private interface MinersAnswer {
        Record of(List<Miner> miners, FarmHashrates rates);
    }
}
