package sluice.upstream.node;

import java.time.Duration;

/**
 * How long answers may take.
 *
 * @param call to a small question
 * @param template to the question for a template: some tenths of a second, and a node that is busy with a block takes longer
 * @param block to a block, which the node checks in full before it answers
 * @param longPoll to the question for the next template; nodes answer when there is one, and some never notice that we have
 *     stopped waiting and keep a thread on it until the next block
 */
public record NodeTimeouts(Duration call, Duration template, Duration block, Duration longPoll) {
    public static final NodeTimeouts DEFAULT = new NodeTimeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofMinutes(10));

    public Duration of(NodeCall call) {
        return switch (call) {
            case NodeCall.GetBlockTemplate template -> template.longPollId().isPresent() ? longPoll : this.template;
            case NodeCall.ProposeBlock proposal -> block;
            case NodeCall.SubmitBlock submit -> block;
            case NodeCall.GetBlockchainInfo info -> this.call;
            case NodeCall.GetBestBlockHash tip -> this.call;
            case NodeCall.GetBlockHeader header -> this.call;
        };
    }
}
