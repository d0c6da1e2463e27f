package sluice.proxy.cli;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.config.ApiConfig;
import sluice.config.ApiTokenConfig;
import sluice.config.GatewayConfig;
import sluice.config.MiningOsConfig;
import sluice.proxy.api.ApiCatalogue;
import sluice.proxy.api.Endpoint;
import sluice.proxy.api.Farm;
import sluice.proxy.api.FarmApi;
import sluice.proxy.api.event.netty.EventOutlets;
import sluice.proxy.api.miningos.DigestProof;
import sluice.proxy.api.miningos.MiningOsApi;
import sluice.proxy.api.netty.ApiServer;
import sluice.proxy.api.netty.GatewayFarm;
import sluice.proxy.api.sink.ShareSinkEndpoints;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.netty.Gateway;
import sluice.proxy.view.FarmBooks;

/**
 * The API, the port for MiningOS and the webhooks of a gateway that is started from the command line: nothing at all where
 * the configuration has none.
 */
final class ApiSetup implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ApiSetup.class);

    private final ApiConfig config;
    private final Optional<MiningOsConfig> miningOs;
    private final InstantSource clock;
    private final FarmBooks books = new FarmBooks();
    private final Optional<ApiServer> server;
    private final Optional<EventOutlets> outlets;
    // Read on the bus thread.
    private volatile Supplier<GatewayConfig> inForce;

    ApiSetup(GatewayConfig start, InstantSource clock) {
        this.config = start.api();
        this.miningOs = start.miningOs();
        this.clock = clock;
        this.inForce = () -> start;
        this.server = config.isOff() && miningOs.isEmpty() ? Optional.empty() : Optional.of(new ApiServer(clock));
        this.outlets = config.isOff() && start.webhooks().isEmpty()
                ? Optional.empty()
                : Optional.of(new EventOutlets(start.webhooks(), this::urlOf, clock));
    }

    private Optional<String> urlOf(String upstream) {
        return inForce.get().routing().upstreams().stream()
                .filter(one -> one.name().equals(upstream))
                .map(one -> one.pool().address().url())
                .findFirst();
    }

    /** What the API and webhooks have to hear of. */
    List<GatewayEvents.Listener> listeners() {
        List<GatewayEvents.Listener> listeners = new ArrayList<>();
        if (server.isPresent()) {
            listeners.add(books);
        }
        outlets.map(EventOutlets::listener).ifPresent(listeners::add);
        return listeners;
    }

    /** Where the API is told what it waits for. */
    Executor executor() {
        return server.map(ApiServer::executor).orElse(Runnable::run);
    }

    /** Begins to answer. Fails in words where the place is not to be had; close then. */
    void open(Gateway gateway, Supplier<GatewayConfig> configInForce, Function<Farm, List<Endpoint>> more)
            throws CommandFailure {
        inForce = configInForce;
        if (server.isEmpty()) {
            return;
        }
        ApiServer api = server.get();
        GatewayFarm farm = new GatewayFarm(
                gateway,
                books,
                api.executor(),
                new GatewayFarm.Settings(
                        clock.instant(), Sluice.Version.text(), configInForce, LogSetup::level, LogSetup::use));
        try {
            if (!config.isOff()) {
                List<Endpoint> endpoints = new ArrayList<>(outlets.orElseThrow().endpoints(gateway::report));
                endpoints.addAll(ShareSinkEndpoints.of(
                        gateway.acceptedShares(), outlets.orElseThrow().feed(), api.executor()));
                endpoints.addAll(more.apply(farm));
                openApi(api, FarmApi.catalogue(farm, api.tally(), endpoints));
            }
            if (miningOs.isPresent()) {
                openMiningOs(api, miningOs.get(), farm);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage());
        }
    }

    private void openApi(ApiServer api, ApiCatalogue catalogue) throws IOException {
        api.open(config, catalogue);
        LOG.info(
                "the API answers on {}",
                Stream.concat(
                                api.address().map(Object::toString).stream(),
                                config.unixSocket().map(Object::toString).stream())
                        .collect(Collectors.joining(" and ")));
    }

    private static void openMiningOs(ApiServer api, MiningOsConfig place, Farm farm) throws IOException {
        byte[] key = new byte[DigestProof.KEY_BYTES];
        new SecureRandom().nextBytes(key);
        DigestProof callers = new DigestProof(place.user(), place.password(), key);
        LOG.info(
                "MiningOS is answered on {}",
                api.open(place.listen(), place.tls(), MiningOsApi.catalogue(farm), callers));
    }

    /** Who may call from now on. */
    void tokens(List<ApiTokenConfig> tokens) {
        server.ifPresent(open -> open.tokens(tokens));
    }

    /** Has the API read its certificate again; returns what is wrong where it goes on with what it has. */
    Optional<String> reloadCertificate() {
        return server.flatMap(ApiServer::reloadCertificate);
    }

    /** Answers nobody any more. */
    @Override
    public void close() {
        server.ifPresent(ApiServer::close);
    }

    /** Lets webhooks have the gateway's last events; to be called when it is closed. */
    void closeOutlets() {
        outlets.ifPresent(EventOutlets::close);
    }
}
