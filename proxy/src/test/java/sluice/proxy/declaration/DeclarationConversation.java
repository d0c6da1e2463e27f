package sluice.proxy.declaration;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Script;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobToken;
import sluice.protocol.sv2.message.jobdeclaration.AllocateMiningJobTokenSuccess;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobError;
import sluice.protocol.sv2.message.jobdeclaration.DeclareMiningJobSuccess;
import sluice.protocol.sv2.wire.Frame;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.SimulatedChain;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;

/** A session, a client whose part the test speaks, the chain that both look at, and time. */
final class DeclarationConversation {
    static final Instant START = Instant.parse("2026-11-28T12:00:00Z");
    static final Bytes PAYOUT = Script.p2wpkh(Bytes.fromHex("00112233445566778899aabbccddeeff00112233"));
    static final long FULL_TEMPLATE = SetupConnectionFlags.JOB_DECLARATION_DECLARE_TX_DATA;

    final SimulatedChain chain =
            new SimulatedChain(SimulatedChain.Settings.regtest(Duration.ofHours(1)), new SplittableRandom(7), START);
    final DeclaredJobs jobs;
    private final DeclarationDesk desk;
    private final DeclarationSession session;
    private final List<DeclarationAction> actions = new ArrayList<>();
    private final Map<DeclarationDeadline, Instant> deadlines = new EnumMap<>(DeclarationDeadline.class);
    private Instant now = START;
    private long lastRequest;

    DeclarationConversation() {
        AtomicLong tokens = new AtomicLong();
        AtomicLong blocks = new AtomicLong();
        jobs = new DeclaredJobs(new PoolPayout(PAYOUT));
        desk = new DeclarationDesk(
                jobs, () -> Bytes.fromHex(String.format("%016x", tokens.incrementAndGet())), blocks::incrementAndGet);
        session = new DeclarationSession(desk);
        // A chain whose blocks have transactions.
        pass(Duration.ofSeconds(30));
        chain.advance(now);
    }

    Instant now() {
        return now;
    }

    DeclarationConversation feed(DeclarationInput input) {
        for (DeclarationAction action : session.on(input, now)) {
            actions.add(action);
            if (action instanceof DeclarationAction.SetDeadline set) {
                deadlines.put(set.deadline(), set.at());
            }
        }
        return this;
    }

    DeclarationConversation start() {
        return feed(new DeclarationInput.Started());
    }

    DeclarationConversation say(Sv2Message message) {
        return feed(new DeclarationInput.FrameReceived(Frame.parse(message.toFrame())));
    }

    /** Our own source reports. */
    DeclarationConversation source(TemplateEvent event) {
        desk.on(event);
        return feed(new DeclarationInput.TemplateChanged());
    }

    /** The chain's present template as our own. */
    DeclarationConversation tip() {
        return source(new TemplateEvent.NewTip(chain.current()));
    }

    static SetupConnection setup(int protocol, int minVersion, int maxVersion, long flags) {
        return new SetupConnection(protocol, minVersion, maxVersion, flags, "127.0.0.1", 3334, "test", "", "", "");
    }

    static SetupConnection setup(long flags) {
        return setup(SetupConnection.JOB_DECLARATION, 2, 2, flags);
    }

    /** Set up in full-template mode, with the chain's present template as our own, all of it taken note of. */
    DeclarationConversation serving() {
        return serving(FULL_TEMPLATE);
    }

    DeclarationConversation serving(long flags) {
        start().tip().say(setup(flags));
        actions.clear();
        return this;
    }

    /** Lets the mempool of the chain fill, of which only the client hears: a template with more transactions. */
    Template clientsTemplate() {
        pass(Duration.ofSeconds(10));
        chain.advance(now);
        return chain.current();
    }

    /** Somebody finds the next block; nobody has heard of it yet. */
    void findBlock() {
        Template template = chain.current();
        BlockSolution block = new ClientJob(template, PAYOUT, 4).solution("00000000");
        chain.submit(block.block().orElseThrow(), now);
        chain.advance(now);
    }

    Bytes token() {
        say(new AllocateMiningJobToken("miner", ++lastRequest));
        return ((AllocateMiningJobTokenSuccess) takeSent().getLast()).miningJobToken();
    }

    /** A job of a template, paying us, with a fresh token. */
    ClientJob job(Template template) {
        return new ClientJob(template, PAYOUT, ClientJob.EXTRANONCE_LENGTH).with(++lastRequest, token());
    }

    /** Declares {@code job} and takes the token that it may be mined with. */
    Bytes declared(ClientJob job) {
        say(job.declaration());
        return ((DeclareMiningJobSuccess) takeSent().getLast()).newMiningJobToken();
    }

    /** Lets so much time pass, and what is due happen on the way. */
    DeclarationConversation pass(Duration time) {
        Instant end = now.plus(time);
        while (true) {
            Optional<Map.Entry<DeclarationDeadline, Instant>> next = deadlines.entrySet().stream()
                    .filter(deadline -> !deadline.getValue().isAfter(end))
                    .min(Map.Entry.comparingByValue());
            if (next.isEmpty()) {
                now = end;
                return this;
            }
            now = next.get().getValue();
            deadlines.remove(next.get().getKey());
            feed(new DeclarationInput.DeadlineReached(next.get().getKey()));
        }
    }

    List<DeclarationAction> takeAll() {
        List<DeclarationAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<Sv2Message> takeSent() {
        return takeAll().stream()
                .filter(DeclarationAction.Send.class::isInstance)
                .map(action -> ((DeclarationAction.Send) action).message())
                .toList();
    }

    /** The code of the one answer, which is a refusal. */
    String takeRefusal() {
        return ((DeclareMiningJobError) takeSent().getLast()).errorCode();
    }

    List<BlockSolution> takeBlocks() {
        return takeAll().stream()
                .filter(DeclarationAction.SubmitBlock.class::isInstance)
                .map(action -> ((DeclarationAction.SubmitBlock) action).solution())
                .toList();
    }

    List<String> takeNotes() {
        return takeAll().stream()
                .filter(DeclarationAction.Note.class::isInstance)
                .map(action -> ((DeclarationAction.Note) action).text())
                .toList();
    }
}
