package sluice.proxy.declaration;

import static org.assertj.core.api.Assertions.assertThat;
import static sluice.proxy.declaration.ClientJob.EXTRANONCE_LENGTH;
import static sluice.proxy.declaration.DeclarationConversation.PAYOUT;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.TxOut;
import sluice.protocol.sv2.message.mining.SetCustomMiningJob;
import sluice.upstream.template.Template;
import sluice.upstream.template.TemplateEvent;

class DeclaredJobsTest {
    private static final long FUTURE = 7_200;

    private final DeclarationConversation talk = new DeclarationConversation();

    @Test
    @Tag("JDP-3")
    void takesADeclaredJobAsItWasDeclared() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));

        CustomJobVerdict.Taken taken = (CustomJobVerdict.Taken) judge(request);

        assertThat(taken.height()).isEqualTo(job.template.height());
        assertThat(taken.transactions()).contains(job.transactions());
        assertThat(taken.witnessReservedValue())
                .isEqualTo(job.template.coinbase().witnessReservedValue());
        assertThat(taken.rules().tip().prevHash()).isEqualTo(job.template.tip().prevHash());
        assertThat(taken.rules().tip().minNtime()).isEqualTo(request.minNtime());
        assertThat(taken.rules().maxCoinbaseValue())
                .isEqualTo(job.template.coinbase().value());
    }

    @Test
    void takesAJobOfAClientThatKeepsItsTransactionsByWhatCanBeSeen() {
        talk.serving(0);
        // The client's own template, of which we know nothing but the height.
        ClientJob job = talk.job(talk.clientsTemplate());
        SetCustomMiningJob request = job.custom(job.declaration().miningJobToken());

        CustomJobVerdict.Taken taken = (CustomJobVerdict.Taken) judge(request);

        assertThat(taken.transactions()).isEmpty();
        assertThat(taken.witnessReservedValue()).isEqualTo(Bytes.EMPTY);
        assertThat(taken.height()).isEqualTo(job.template.height());
        assertThat(taken.rules().maxCoinbaseValue())
                .isEqualTo(job.template.coinbase().value());
    }

    @Test
    void takesEachTokenOnce() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));
        assertThat(judge(request)).isInstanceOf(CustomJobVerdict.Taken.class);

        assertThat(refusal(request)).isEqualTo("invalid-mining-job-token");
    }

    @Test
    void usesATokenUpWithARefusalToo() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));
        assertThat(refusal(Change.NBITS.of(request))).isEqualTo("invalid-nbits");

        assertThat(refusal(request)).isEqualTo("invalid-mining-job-token");
    }

    @Test
    void givesAJobToOneOfManyThatComeAtOnce() throws Exception {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));
        int threads = 4;
        CyclicBarrier together = new CyclicBarrier(threads);
        List<Callable<CustomJobVerdict>> asked = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            asked.add(() -> {
                together.await();
                return judge(request);
            });
        }
        try (ExecutorService loops = Executors.newFixedThreadPool(threads)) {
            int taken = 0;
            for (Future<CustomJobVerdict> verdict : loops.invokeAll(asked)) {
                taken += verdict.get() instanceof CustomJobVerdict.Taken ? 1 : 0;
            }
            assertThat(taken).isEqualTo(1);
        }
    }

    @Test
    void refusesATokenThatNoJobWasDeclaredWithYetAndLetsItBeUsed() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());

        assertThat(refusal(job.custom(job.declaration().miningJobToken()))).isEqualTo("job-not-yet-validated");

        assertThat(judge(job.custom(talk.declared(job)))).isInstanceOf(CustomJobVerdict.Taken.class);
    }

    @Test
    void refusesADeclaredJobAMinuteLater() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob early = job.custom(talk.declared(job));
        ClientJob other = talk.job(talk.chain.current());
        SetCustomMiningJob late = other.custom(talk.declared(other));

        talk.pass(Duration.ofMillis(59_999));
        assertThat(judge(early)).isInstanceOf(CustomJobVerdict.Taken.class);
        talk.pass(Duration.ofMillis(1));
        assertThat(refusal(late)).isEqualTo("invalid-mining-job-token");
    }

    @Test
    void refusesAJobOfATipThatHasPassed() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));
        talk.findBlock();
        // The miners' port may ask before the sessions have heard of it.
        talk.jobs.inForce(Optional.of(talk.chain.current()));

        assertThat(refusal(request)).isEqualTo("stale-chain-tip");
    }

    @Test
    void refusesAnotherTipThanItsOwn() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));

        assertThat(refusal(Change.PREV_HASH.of(request))).isEqualTo("stale-chain-tip");
    }

    @Test
    void refusesEveryJobWhileThereIsNoTemplate() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());
        SetCustomMiningJob request = job.custom(talk.declared(job));
        talk.source(new TemplateEvent.Unavailable("the node is gone"));

        assertThat(refusal(request)).isEqualTo("stale-chain-tip");
    }

    @Test
    void sharesAreWantedOnTheLastTipThatIsKnown() {
        Hash256 first = talk.chain.current().tip().prevHash();
        assertThat(talk.jobs.isTip(first)).isFalse();
        talk.serving().source(new TemplateEvent.Unavailable("the node is gone"));
        assertThat(talk.jobs.isTip(first)).isTrue();

        talk.findBlock();
        talk.tip();

        assertThat(talk.jobs.isTip(first)).isFalse();
        assertThat(talk.jobs.isTip(talk.chain.current().tip().prevHash())).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Change.class, mode = EnumSource.Mode.EXCLUDE, names = "LATE_LOCK_TIME")
    @Tag("JDP-3")
    void refusesADeclaredJobThatDiffersFromItsDeclarationAndNamesTheField(Change change) {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());

        assertThat(refusal(change.of(job.custom(talk.declared(job))))).isEqualTo(change.code);
    }

    @Test
    void refusesAChannelWhoseExtranonceIsNotAsLongAsDeclared() {
        talk.serving();
        ClientJob job = talk.job(talk.chain.current());

        CustomJobVerdict verdict = talk.jobs.judge(job.custom(talk.declared(job)), EXTRANONCE_LENGTH + 1, talk.now());

        assertThat(verdict).isEqualTo(new CustomJobVerdict.Refused("invalid-coinbase-tx"));
    }

    @Test
    void bindsTheLeastTimeOnlyAsTightAsTemplateProvidersTellIt() {
        talk.serving(0);
        Template template = talk.chain.current();
        long earliest = template.tip().minNtime() - FUTURE;
        long latest = Math.max(talk.now().getEpochSecond(), template.curTime()) + FUTURE;

        for (Map.Entry<Long, Boolean> time : Map.of(
                        earliest, true, earliest - 1, false, latest, true, latest + 1, false)
                .entrySet()) {
            SetCustomMiningJob request = from(template, talk.token(), time.getKey());
            assertThat(judge(request) instanceof CustomJobVerdict.Taken)
                    .as("min_ntime %d", time.getKey())
                    .isEqualTo(time.getValue());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Change.class,
            names = {"NBITS", "PREV_HASH", "OLD_VERSION", "OTHER_HEIGHT", "NO_OUTPUTS", "PAYS_OTHERS", "LATE_LOCK_TIME"
            })
    void refusesWhatCanBeSeenToBeWrongInCoinbaseOnlyMode(Change change) {
        talk.serving(0);
        ClientJob job = talk.job(talk.chain.current());

        assertThat(refusal(change.of(job.custom(job.declaration().miningJobToken()))))
                .isEqualTo(change.code);
    }

    @Test
    void refusesACoinbaseScriptThatIsTooLongWithTheExtranonce() {
        talk.serving(0);
        ClientJob job = talk.job(talk.chain.current());
        int room = 100 - job.custom(Bytes.EMPTY).coinbasePrefix().length();

        assertThat(talk.jobs.judge(job.custom(talk.token()), room, talk.now()))
                .isInstanceOf(CustomJobVerdict.Taken.class);
        assertThat(talk.jobs.judge(job.custom(talk.token()), room + 1, talk.now()))
                .isEqualTo(new CustomJobVerdict.Refused("invalid-coinbase-prefix"));
    }

    private CustomJobVerdict judge(SetCustomMiningJob request) {
        return talk.jobs.judge(request, EXTRANONCE_LENGTH, talk.now());
    }

    private String refusal(SetCustomMiningJob request) {
        return ((CustomJobVerdict.Refused) judge(request)).errorCode();
    }

    private static SetCustomMiningJob from(Template template, Bytes token, long minNtime) {
        return Change.with(
                new ClientJob(template, PAYOUT, EXTRANONCE_LENGTH).custom(token), fields -> fields.minNtime = minNtime);
    }

    /** One field that differs, and what the pool says of it. */
    enum Change {
        PREV_HASH("stale-chain-tip", fields -> fields.prevHash = Hash256.ZERO),
        NBITS("invalid-nbits", fields -> fields.nbits++),
        MIN_NTIME("invalid-min-ntime", fields -> fields.minNtime += 100 * FUTURE),
        VERSION("invalid-version", fields -> fields.version ^= 0x20),
        OLD_VERSION("invalid-version", fields -> fields.version = 3),
        COINBASE_VERSION("invalid-coinbase-tx-version", fields -> fields.coinbaseVersion++),
        PREFIX(
                "invalid-coinbase-prefix",
                fields -> fields.coinbasePrefix = Bytes.concat(fields.coinbasePrefix, Bytes.of((byte) 1))),
        OTHER_HEIGHT("invalid-coinbase-prefix", fields -> fields.coinbasePrefix = Bytes.fromHex("03a0860100")),
        SEQUENCE("invalid-coinbase-tx-input-n-sequence", fields -> fields.sequence ^= 1),
        OUTPUTS(
                "invalid-coinbase-tx-outputs",
                fields -> fields.outputs =
                        TxOut.serialiseList(TxOut.parseList(fields.outputs).reversed())),
        NO_OUTPUTS("invalid-coinbase-tx-outputs", fields -> fields.outputs = Bytes.fromHex("01")),
        PAYS_OTHERS(
                "invalid-coinbase-tx-outputs",
                fields ->
                        fields.outputs = TxOut.serialiseList(List.of(new TxOut(5_000_000_000L, Bytes.fromHex("51"))))),
        LOCK_TIME("invalid-coinbase-tx-locktime", fields -> fields.lockTime++),
        LATE_LOCK_TIME("invalid-coinbase-tx-locktime", fields -> {
            fields.lockTime = 400_000_000;
            fields.sequence = 0;
        }),
        MERKLE_PATH("invalid-merkle-path", fields -> fields.merklePath = List.of());

        private final String code;
        private final Consumer<Fields> change;

        Change(String code, Consumer<Fields> change) {
            this.code = code;
            this.change = change;
        }

        SetCustomMiningJob of(SetCustomMiningJob request) {
            return with(request, change);
        }

        static SetCustomMiningJob with(SetCustomMiningJob request, Consumer<Fields> change) {
            Fields fields = new Fields(request);
            change.accept(fields);
            return fields.message(request);
        }
    }

    private static final class Fields {
        private long version;
        private Hash256 prevHash;
        private long minNtime;
        private long nbits;
        private long coinbaseVersion;
        private Bytes coinbasePrefix;
        private long sequence;
        private Bytes outputs;
        private long lockTime;
        private List<Hash256> merklePath;

        private Fields(SetCustomMiningJob request) {
            version = request.version();
            prevHash = request.prevHash();
            minNtime = request.minNtime();
            nbits = request.nbits();
            coinbaseVersion = request.coinbaseTxVersion();
            coinbasePrefix = request.coinbasePrefix();
            sequence = request.coinbaseTxInputNSequence();
            outputs = request.coinbaseTxOutputs();
            lockTime = request.coinbaseTxLocktime();
            merklePath = request.merklePath();
        }

        private SetCustomMiningJob message(SetCustomMiningJob request) {
            return new SetCustomMiningJob(
                    request.channelId(),
                    request.requestId(),
                    request.miningJobToken(),
                    version,
                    prevHash,
                    minNtime,
                    nbits,
                    coinbaseVersion,
                    coinbasePrefix,
                    sequence,
                    outputs,
                    lockTime,
                    merklePath);
        }
    }
}
