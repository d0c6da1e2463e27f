package sluice.proxy.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import sluice.config.ApiTokenConfig;
import sluice.config.ClientPortsConfig;
import sluice.config.ConfigResult;
import sluice.config.FailoverConfig;
import sluice.config.GatewayConfig;
import sluice.config.KeptPools;
import sluice.config.ListenAddress;
import sluice.config.ListenerConfig;
import sluice.config.LogLevel;
import sluice.config.ProfileConfig;
import sluice.config.RoutingConfig;
import sluice.config.Sv1Config;
import sluice.config.TemplateSourceConfig;
import sluice.config.VardiffConfig;
import sluice.proxy.event.EventLog;
import sluice.proxy.event.GatewayEvents;
import sluice.proxy.goal.ChangeResult;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.netty.ClientPorts;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.MinersPort;
import sluice.proxy.netty.PoolUpstream;
import sluice.upstream.thread.GiveWay;

/** Runs the gateway in front of the configured pool until it is told to stop. */
@Command(name = "run", description = "Runs the gateway until SIGINT or SIGTERM, then closes every connection and ends.")
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
    private static final InstantSource CLOCK = InstantSource.system();

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOption configuration;

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        GatewayConfig operators = configuration.require(spec.commandLine().getErr());
        LogSetup.use(operators.logLevel());
        GiveWay.secondCompiler();
        GatewayConfig config = withKeptPools(operators);
        if (!config.enabled()) {
            LOG.info("stratum_v2.enabled is false: nothing to do");
            return ExitCode.OK;
        }
        ApiSetup api = new ApiSetup(config, CLOCK);
        Gateway gateway = start(config, api.listeners());
        Reconfiguration changes = new Reconfiguration(
                configuration, operators, config, target(config, gateway, api), freshRun(), api.executor());
        try {
            api.open(gateway, changes::inForce, farm -> changes.endpoints(farm, CLOCK));
        } catch (CommandFailure notToBeHad) {
            api.close();
            changes.close();
            gateway.close();
            api.closeOutlets();
            throw notToBeHad;
        }
        List<ConfigWatch> watches = watches(config, gateway, api, changes);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(() -> {
                    LOG.info(
                            "stopping: closing {} connections",
                            gateway.snapshot().connections());
                    watches.forEach(ConfigWatch::close);
                    api.close();
                    changes.close();
                    gateway.close();
                    api.closeOutlets();
                    stopped.countDown();
                    // Stopping when asked is success, whatever number the signal has.
                    Runtime.getRuntime().halt(ExitCode.OK);
                }));
        stopped.await();
        return ExitCode.OK;
    }

    /** Pools that came by the API outlive the process. */
    private GatewayConfig withKeptPools(GatewayConfig operators) {
        ConfigResult.Loaded whole =
                KeptPools.in(operators.dataDirectory()).over(new ConfigResult.Loaded(operators, List.of()));
        whole.warnings().forEach(warning -> LOG.warn("configuration: {}", configuration.describe(warning)));
        return whole.config();
    }

    private static String freshRun() {
        return HexFormat.of().toHexDigits(new SecureRandom().nextInt());
    }

    private static ConfigReload.Target target(GatewayConfig running, Gateway gateway, ApiSetup api) {
        return new ConfigReload.Target() {
            @Override
            public CompletableFuture<ChangeResult> apply(
                    RoutingConfig routing, FailoverConfig failover, VardiffConfig vardiff) {
                return gateway.apply(PoolUpstream.plan(routing, common(failover, vardiff, running.sv1())), failover);
            }

            @Override
            public CompletableFuture<ChangeResult> activate(String goal, Optional<String> upstream) {
                return gateway.activate(goal, upstream);
            }

            @Override
            public void profiles(VardiffConfig vardiff, List<ProfileConfig> profiles) {
                gateway.profiles(new ProfileBook(vardiff, profiles));
            }

            @Override
            public void filters(List<ListenerConfig> listeners) {
                listeners.forEach(listener -> gateway.filter(listener.name(), listener.filter()));
            }

            @Override
            public void apiTokens(List<ApiTokenConfig> tokens) {
                api.tokens(tokens);
            }

            @Override
            public void logLevel(LogLevel level) {
                LogSetup.use(level);
            }
        };
    }

    /** Has the file and the certificates read again, and what changed applied, when they change and at SIGHUP. */
    private List<ConfigWatch> watches(GatewayConfig running, Gateway gateway, ApiSetup api, Reconfiguration changes) {
        List<ConfigWatch> watches = new ArrayList<>();
        watches.add(new ConfigWatch(List.of(configuration.file()), changes::readFile));
        List<Path> certificates = CertificateReload.files(running);
        if (!certificates.isEmpty()) {
            watches.add(new ConfigWatch(
                    certificates, new CertificateReload(gateway::reloadCertificates, api::reloadCertificate)::read));
        }
        if (!HangUp.onEach(() -> watches.forEach(ConfigWatch::readNow))) {
            LOG.info("no SIGHUP here: the configuration is read again when its file changes");
        }
        return watches;
    }

    private static PoolUpstream.Common common(FailoverConfig failover, VardiffConfig vardiff, Sv1Config sv1) {
        return new PoolUpstream.Common(vardiff, failover, sv1, Sluice.Version.text(), CLOCK);
    }

    /**
     * Starts the gateway that {@code config} describes. Fails in words where the port, the key or a pool is not to be had.
     *
     * @param listeners of its events, besides the log
     */
    static Gateway start(GatewayConfig config, List<GatewayEvents.Listener> listeners) throws CommandFailure {
        List<MinersPort> ports = new ArrayList<>();
        for (ListenerConfig listener : config.listeners()) {
            ports.add(new MinersPort(
                    listener.name(),
                    address("stratum_v2.listen_addr", listener.address()),
                    listener.filter(),
                    listener.tls(),
                    listener.proxies()));
        }
        GatewaySettings settings = new GatewaySettings(
                        "gateway",
                        ports,
                        AuthorityKeys.of(config.authority()),
                        config.vardiff(),
                        config.limits(),
                        config.sv1(),
                        config.dataDirectory().resolve("blocks"),
                        Runtime.getRuntime().availableProcessors())
                .withProfiles(config.profiles())
                .withClientPorts(clientPorts(config.clientPorts()));
        try {
            Gateway gateway = Gateway.start(
                    settings,
                    PoolUpstream.plan(config.routing(), common(config.failover(), config.vardiff(), config.sv1())),
                    config.failover(),
                    TemplateSources.of(
                            config.templateSources(), config.routing().solo(), CLOCK),
                    CLOCK,
                    Stream.concat(Stream.of(new EventLog("gateway")), listeners.stream())
                            .toList());
            LOG.info(
                    "miners connect to {} (SV1 and SV2; SV2 authority key {}), work comes from {}",
                    config.listeners().stream()
                            .map(listener -> listener.address().toString())
                            .collect(Collectors.joining(", ")),
                    gateway.authorityKey().text(),
                    sourcesOfWork(config));
            config.clientPorts()
                    .templates()
                    .ifPresent(listen -> LOG.info("template clients connect to {} (same authority key)", listen));
            config.clientPorts()
                    .declarations()
                    .ifPresent(port -> LOG.info("job declarators connect to {} (same authority key)", port.listen()));
            return gateway;
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.FAILED, e.getMessage());
        }
    }

    private static String sourcesOfWork(GatewayConfig config) {
        Stream<String> pools = config.routing().upstreams().stream()
                .map(upstream -> upstream.pool().address().toString());
        Stream<String> templates = config.templateSources().stream().map(TemplateSourceConfig::address);
        return Stream.concat(pools, templates).collect(Collectors.joining(", "));
    }

    private static ClientPorts clientPorts(ClientPortsConfig config) throws CommandFailure {
        Optional<InetSocketAddress> templates = Optional.empty();
        if (config.templates().isPresent()) {
            templates = Optional.of(
                    address("template_provider.listen_addr", config.templates().get()));
        }
        Optional<ClientPorts.Declarations> declarations = Optional.empty();
        if (config.declarations().isPresent()) {
            ClientPortsConfig.Declarations port = config.declarations().get();
            declarations = Optional.of(new ClientPorts.Declarations(
                    address("job_declaration_server.listen_addr", port.listen()),
                    port.payout().script()));
        }
        return new ClientPorts(templates, declarations);
    }

    private static InetSocketAddress address(String key, ListenAddress listen) throws CommandFailure {
        try {
            return new InetSocketAddress(InetAddress.getByName(listen.host()), listen.port());
        } catch (UnknownHostException e) {
            throw new CommandFailure(ExitCode.FAILED, key + ": there is no address for \"" + listen.host() + "\"");
        }
    }
}
