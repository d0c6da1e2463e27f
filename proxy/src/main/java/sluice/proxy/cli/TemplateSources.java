package sluice.proxy.cli;

import java.util.List;
import sluice.config.NodeSourceConfig;
import sluice.config.ProviderSourceConfig;
import sluice.config.TemplateSourceConfig;
import sluice.proxy.netty.TemplateSourceFactory;

/** What makes the template sources that an operator configured. */
final class TemplateSources {
    private TemplateSources() {}

    static List<TemplateSourceFactory> of(List<TemplateSourceConfig> sources) throws CommandFailure {
        for (TemplateSourceConfig source : sources) {
            String kind = switch (source) {
                case NodeSourceConfig node -> "a node";
                case ProviderSourceConfig provider -> "a template provider";
            };
            throw new CommandFailure(
                    ExitCode.FAILED,
                    "template_source." + source.name() + ": templates of " + kind + " are not built yet");
        }
        return List.of();
    }
}
