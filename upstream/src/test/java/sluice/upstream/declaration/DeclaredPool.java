package sluice.upstream.declaration;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import sluice.config.DeclarationMode;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.ChainTip;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.UpstreamChannel;
import sluice.upstream.UpstreamCommand;
import sluice.upstream.UpstreamCommand.SubmitShare;
import sluice.upstream.UpstreamEvent;
import sluice.upstream.UpstreamJob;
import sluice.upstream.session.CustomJobAnswer;
import sluice.upstream.session.PayoutCheck;
import sluice.upstream.template.RecordedNode;
import sluice.upstream.template.SoloMiner;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;

/** Custom jobs under test, fed by hand; remembers all they did and lets a test take what came since it last looked. */
final class DeclaredPool {
    static final Bytes PREFIX = Bytes.fromHex("a1a2a3a4");
    static final int EXTRANONCE_SIZE = 16;
    static final Bytes PAYOUT = Bytes.fromHex("0014e23e2b669a32d26474731a16c0ada0b3ab54e18c");
    static final Bytes FEE = Bytes.fromHex("00145555555555555555555555555555555555555555");
    static final Bytes TAG = Bytes.wrap("/sluice/".getBytes(StandardCharsets.US_ASCII));
    /** About every second hash meets it. */
    static final Target EASY = Target.ofCompact(0x207fffffL);
    /** No hash of a test meets it. */
    static final Target BEYOND = Target.ofCompact(0x1700ffffL);

    final CustomJobs jobs;
    final SoloMiner miner = new SoloMiner();
    Instant now = Instant.ofEpochSecond(1_795_391_800);
    private final List<CustomJobsAction> actions = new ArrayList<>();
    private int tokensGiven;
    private List<TxOut> tokenOutputs = List.of(new TxOut(0, PAYOUT));

    DeclaredPool(DeclarationMode mode) {
        this(mode, PayoutCheck.NONE);
    }

    DeclaredPool(DeclarationMode mode, PayoutCheck payout) {
        this(new CustomJobsSettings("declared", mode, TAG, payout));
    }

    DeclaredPool(CustomJobsSettings settings) {
        jobs = new CustomJobs(settings);
    }

    /** In full-template mode, with a channel that the first job has opened. */
    static DeclaredPool mining() {
        return new DeclaredPool(DeclarationMode.FULL_TEMPLATE).open();
    }

    DeclaredPool open() {
        poolOpens().declaratorReady().newTip(template("gbt_20tx", 1)).declared().taken();
        takeAll();
        return this;
    }

    DeclaredPool input(CustomJobsInput input) {
        for (CustomJobsAction action : jobs.on(input, now)) {
            actions.add(action);
            if (action instanceof CustomJobsAction.Report(UpstreamEvent event)) {
                miner.follow(event);
            }
        }
        return this;
    }

    DeclaredPool pass(Duration time) {
        now = now.plus(time);
        return input(new CustomJobsInput.TimePassed());
    }

    // The pool.

    DeclaredPool pool(UpstreamEvent event) {
        return input(new CustomJobsInput.PoolReported(event));
    }

    DeclaredPool poolOpens() {
        return pool(new UpstreamEvent.ChannelOpened(
                new UpstreamChannel("pool.example:3333", PREFIX, EXTRANONCE_SIZE, EASY, true)));
    }

    /** The pool takes the job that it was given last, as {@code 1000 + request id}. */
    DeclaredPool taken() {
        long request = lastGiven().requestId();
        return answer(new CustomJobAnswer.Taken(request, 1000 + request));
    }

    DeclaredPool refused(String errorCode) {
        return answer(new CustomJobAnswer.Refused(lastGiven().requestId(), errorCode));
    }

    DeclaredPool answer(CustomJobAnswer answer) {
        return input(new CustomJobsInput.PoolAnswered(answer));
    }

    DeclaredPool accepts(long lastSequence, long count) {
        return pool(new UpstreamEvent.SharesAccepted(lastSequence, count, count));
    }

    // The job declaration server.

    DeclaredPool declarator(DeclaratorEvent event) {
        return input(new CustomJobsInput.DeclaratorReported(event));
    }

    /** The server is there and gives four tokens. */
    DeclaredPool declaratorReady() {
        declarator(new DeclaratorEvent.Ready());
        for (int i = 0; i < TokenStock.MAX_TOKENS; i++) {
            giveToken();
        }
        return this;
    }

    /** Tokens are 01, 02 and so on. */
    DeclaredPool giveToken() {
        return declarator(
                new DeclaratorEvent.TokenAllocated(new JobToken(Bytes.of((byte) ++tokensGiven), tokenOutputs)));
    }

    DeclaredPool withTokensFor(TxOut... outputs) {
        tokenOutputs = List.of(outputs);
        return this;
    }

    /** The server accepts what was declared last, with the token d0 and its number. */
    DeclaredPool declared() {
        long number = lastDeclared().number();
        return declarator(new DeclaratorEvent.JobDeclared(number, newToken(number)));
    }

    static Bytes newToken(long number) {
        return Bytes.of((byte) 0xd0, (byte) number);
    }

    // Templates.

    DeclaredPool template(TemplateEvent event) {
        return input(new CustomJobsInput.TemplateReported(event));
    }

    DeclaredPool newTip(Template template) {
        return template(new TemplateEvent.NewTip(template));
    }

    DeclaredPool refreshed(Template template) {
        return template(new TemplateEvent.Refreshed(template));
    }

    /** A recorded template whose blocks no test finds. */
    static Template template(String name, long id) {
        return asBlocksAre(RecordedNode.template(name).withId(id), BEYOND);
    }

    static Template asBlocksAre(Template template, Target network) {
        return new Template(
                template.id(),
                template.height(),
                template.version(),
                template.tip(),
                network,
                template.curTime(),
                template.coinbase(),
                template.merklePath(),
                template.transactions(),
                template.reduction());
    }

    static Template onTip(Template template, String prevHash) {
        return new Template(
                template.id(),
                template.height(),
                template.version(),
                new ChainTip(
                        Hash256.fromHex(prevHash),
                        template.tip().nbits(),
                        template.tip().minNtime()),
                template.networkTarget(),
                template.curTime(),
                template.coinbase(),
                template.merklePath(),
                template.transactions(),
                template.reduction());
    }

    static Template withoutTransactions(Template template) {
        return new Template(
                template.id(),
                template.height(),
                template.version(),
                template.tip(),
                template.networkTarget(),
                template.curTime(),
                template.coinbase(),
                template.merklePath(),
                Optional.empty(),
                template.reduction());
    }

    // The route.

    DeclaredPool request(UpstreamCommand command) {
        return input(new CustomJobsInput.Requested(command));
    }

    /** A share of the job in force is found; says which. */
    SubmitShare share() {
        SubmitShare share = miner.solve();
        request(share);
        return share;
    }

    UpstreamJob jobInForce() {
        return miner.active();
    }

    // What was done.

    List<CustomJobsAction> takeAll() {
        List<CustomJobsAction> taken = List.copyOf(actions);
        actions.clear();
        return taken;
    }

    List<UpstreamEvent> takeReports() {
        return take(CustomJobsAction.Report.class).stream()
                .map(CustomJobsAction.Report::event)
                .toList();
    }

    List<SubmitShare> takeSubmitted() {
        return take(CustomJobsAction.ToPool.class).stream()
                .map(action -> (SubmitShare) action.command())
                .toList();
    }

    List<SetCustomMiningJob> takeGiven() {
        return take(CustomJobsAction.GiveCustomJob.class).stream()
                .map(CustomJobsAction.GiveCustomJob::job)
                .toList();
    }

    <T extends DeclaratorCommand> List<T> takeFromDeclarator(Class<T> kind) {
        List<T> taken = new ArrayList<>();
        actions.removeIf(action -> action instanceof CustomJobsAction.ToDeclarator(DeclaratorCommand command)
                && kind.isInstance(command)
                && taken.add(kind.cast(command)));
        return taken;
    }

    <T extends CustomJobsAction> List<T> take(Class<T> kind) {
        List<T> taken = new ArrayList<>();
        actions.removeIf(action -> kind.isInstance(action) && taken.add(kind.cast(action)));
        return taken;
    }

    private SetCustomMiningJob lastGiven() {
        return take(CustomJobsAction.GiveCustomJob.class).getLast().job();
    }

    private DeclaratorCommand.Declare lastDeclared() {
        return takeFromDeclarator(DeclaratorCommand.Declare.class).getLast();
    }
}
