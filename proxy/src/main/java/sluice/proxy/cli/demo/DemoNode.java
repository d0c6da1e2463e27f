package sluice.proxy.cli.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.netty.ProviderTemplates;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.proxy.provider.netty.TemplateServer;
import sluice.proxy.provider.netty.TemplateServerSettings;
import sluice.upstream.netty.LocalTemplateSource;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;
import sluice.upstream.template.SimulatedChain;

/** A node with a chain that exists only in this process, and a template port as a real one has it. */
final class DemoNode implements AutoCloseable {
    private static final int MAX_CLIENTS = 8;

    private final Stage stage;
    private final TemplateServer templates;

    /** Starts on a free port of this machine. Throws IOException where there is none. */
    DemoNode(SimulatedChain.Settings chain, Stage stage) throws IOException {
        this.stage = stage;
        templates = TemplateServer.start(
                new TemplateServerSettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        stage.keys().get(),
                        MAX_CLIENTS),
                (loop, handshakes) -> new LocalTemplateSource(
                        loop,
                        new SimulatedChain(
                                chain,
                                new SplittableRandom(stage.seed()),
                                stage.clock().instant()),
                        stage.clock()),
                stage.clock());
    }

    /** Its templates for somebody who pays {@code outputs} with each block. */
    TemplateSourceFactory templates(List<TxOut> outputs) {
        InetSocketAddress address = templates.address();
        return new ProviderTemplates(
                new TemplateProviderSettings(
                        "node",
                        new Sv2PoolAddress(
                                address.getAddress().getHostAddress(),
                                address.getPort(),
                                Optional.of(templates.authorityKey())),
                        CoinbaseReserve.of(outputs),
                        stage.softwareVersion()),
                stage.clock());
    }

    @Override
    public void close() {
        templates.close();
    }
}
