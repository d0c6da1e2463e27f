package sluice.proxy.api.pool;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import sluice.upstream.template.Template;

/** The answer to {@code get_template}; null where the gateway has no template of its own, as callers know it. */
record ModuleTemplateAnswer(
        @JsonInclude(JsonInclude.Include.ALWAYS) Optional<Metadata> template) {

    /**
     * @param prevHash as it stands in a header
     * @param timestamp seconds since 1970
     * @param bits compact target of the network
     * @param txCount without the coinbase; absent where the source keeps the transactions to itself
     */
    record Metadata(String prevHash, long timestamp, long bits, Optional<Integer> txCount) {
        static Metadata of(Template template) {
            return new Metadata(
                    template.tip().prevHash().hex(),
                    template.curTime(),
                    template.tip().nbits(),
                    template.transactions().map(all -> all.raw().size()));
        }
    }
}
