package sluice.proxy.cli;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import sluice.config.NodeSourceConfig;
import sluice.config.ProviderSourceConfig;
import sluice.config.SoloConfig;
import sluice.config.TemplateSourceConfig;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.TxOut;
import sluice.proxy.netty.NodeTemplates;
import sluice.proxy.netty.ProviderTemplates;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.upstream.node.NodeCredentials;
import sluice.upstream.node.NodeProposal;
import sluice.upstream.node.NodeSettings;
import sluice.upstream.provider.TemplateProviderSettings;
import sluice.upstream.template.CoinbaseReserve;

/** What makes the template sources that an operator configured. */
final class TemplateSources {
    private TemplateSources() {}

    /** @param solo whom blocks pay, which a node is asked about before one is found */
    static List<TemplateSourceFactory> of(
            List<TemplateSourceConfig> sources, Optional<SoloConfig> solo, InstantSource clock) {
        return sources.stream()
                .<TemplateSourceFactory>map(source -> switch (source) {
                    case NodeSourceConfig node -> new NodeTemplates(settings(node, solo), clock);
                    case ProviderSourceConfig provider -> new ProviderTemplates(settings(provider, solo), clock);
                })
                .toList();
    }

    private static NodeSettings settings(NodeSourceConfig node, Optional<SoloConfig> solo) {
        NodeCredentials credentials = switch (node.access()) {
            case NodeSourceConfig.Access.Password(String user, String password) ->
                new NodeCredentials.Password(user, password);
            case NodeSourceConfig.Access.Cookie(var file) -> new NodeCredentials.CookieFile(file);
        };
        return new NodeSettings(
                node.name(),
                node.url(),
                credentials,
                node.zmqHashblock().map(URI::create),
                solo.map(mine -> new NodeProposal(mine.payout().script(), Bytes.wrap(mine.tagBytes()))));
    }

    private static TemplateProviderSettings settings(ProviderSourceConfig provider, Optional<SoloConfig> solo) {
        CoinbaseReserve reserve = solo.map(mine ->
                        CoinbaseReserve.of(List.of(new TxOut(0, mine.payout().script()))))
                .orElse(CoinbaseReserve.NONE);
        return new TemplateProviderSettings(provider.name(), provider.provider(), reserve, Sluice.Version.text());
    }
}
