package sluice.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.BlockHeader;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Hash256;
import sluice.protocol.bitcoin.MerklePath;
import sluice.protocol.bitcoin.Sha256d;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv1.Sv1Response;
import sluice.protocol.sv1.Sv1Result;
import sluice.protocol.sv1.Sv1ServerDecoder;
import sluice.protocol.sv1.Sv1ServerMessage;
import sluice.protocol.sv1.Sv1ServerMessage.Notify;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.share.ForwardedShare;

/**
 * A miner that knows nothing but the lines it hears: it keeps what they tell it, as firmware does, and can hash. Beside it
 * stands all else that its session wanted done.
 */
final class Sv1Miner {
    final long connectionId;
    final Sv1MinerSession session;
    final List<Bytes> sent = new ArrayList<>();
    final List<GatewayEvent> events = new ArrayList<>();
    final List<ForwardedShare> forwarded = new ArrayList<>();
    final Map<MinerDeadline, Instant> deadlines = new EnumMap<>(MinerDeadline.class);
    int demandChanges;
    final List<String> identities = new ArrayList<>();
    Optional<String> disconnected = Optional.empty();

    Bytes extranonce1;
    int extranonce2Size;
    // What a difficulty is until one is told, and the one told last, in force from the next notify.
    double difficulty = 1;
    double nextDifficulty = 1;
    Notify work;

    int proved;
    final List<String> offences = new ArrayList<>();
    private final Sv1Farm farm;
    private final List<String> unheard = new ArrayList<>();
    private final Set<String> told = new HashSet<>();
    private int lastId = 100;

    Sv1Miner(Sv1Farm farm, long connectionId) {
        this.farm = farm;
        this.connectionId = connectionId;
        this.session = new Sv1MinerSession(connectionId, farm.context, MinerOrigin.LOCAL);
        gets(new MinerInput.Started());
    }

    /** Sends a line; answers what comes back on it, which {@link #hears} gives again. */
    List<String> says(String line) {
        int before = unheard.size();
        gets(new MinerInput.LineReceived(Bytes.wrap(line.getBytes(StandardCharsets.UTF_8))));
        return List.copyOf(unheard.subList(before, unheard.size()));
    }

    /** All lines since the last call. */
    List<String> hears() {
        List<String> lines = List.copyOf(unheard);
        unheard.clear();
        return lines;
    }

    /** The methods of all pushes since the last call, with answers as "answer". */
    List<String> hearsMethods() {
        return hears().stream()
                .map(line ->
                        line.contains("\"method\"") ? line.replaceAll(".*\"method\":\"([^\"]*)\".*", "$1") : "answer")
                .toList();
    }

    void gets(MinerInput input) {
        for (MinerAction action : session.on(input, farm.now)) {
            if (!(input instanceof MinerInput.Closed)) {
                assertThat(disconnected).as("nothing follows a disconnect").isEmpty();
            }
            switch (action) {
                case MinerAction.Send send -> takes(send.bytes());
                case MinerAction.Forward forward -> forwarded.add(forward.share());
                case MinerAction.Publish publish -> events.add(publish.event());
                case MinerAction.SetDeadline set -> deadlines.put(set.deadline(), set.at());
                case MinerAction.DemandChanged changed -> demandChanges++;
                case MinerAction.Identified identified -> identities.add(identified.userIdentity());
                case MinerAction.Proved proof -> proved++;
                case MinerAction.Offended offence -> offences.add(offence.reason());
                case MinerAction.Disconnect disconnect -> disconnected = Optional.of(disconnect.reason());
            }
        }
    }

    /** Moves the clock to a deadline of the session and lets it know. */
    void reaches(MinerDeadline deadline) {
        farm.now = deadlines.remove(deadline);
        gets(new MinerInput.DeadlineReached(deadline));
    }

    void closes() {
        gets(new MinerInput.Closed("closed-by-miner"));
        farm.miners.remove(this);
    }

    <T extends GatewayEvent> Stream<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast);
    }

    private void takes(Bytes bytes) {
        sent.add(bytes);
        String line = new String(bytes.toArray(), StandardCharsets.UTF_8);
        assertThat(line).endsWith("}\n").doesNotContain("\r");
        assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
        unheard.add(line.strip());
        Sv1ServerMessage message = new Sv1ServerDecoder().decode(bytes.toArray(), 0, bytes.length() - 1);
        switch (message) {
            case Sv1ServerMessage.SetDifficulty told -> nextDifficulty = told.difficulty();
            case Notify notify -> {
                assertThat(extranonce1)
                        .as("no work before the answer to subscribe")
                        .isNotNull();
                assertThat(told.add(notify.jobId()))
                        .as("job %s was told before: a miner takes it for the one it has", notify.jobId())
                        .isTrue();
                work = notify;
                difficulty = nextDifficulty;
            }
            case Sv1Response answer -> {
                if (answer.result() instanceof Sv1Result.Subscribed subscribed) {
                    extranonce1 = subscribed.extranonce1();
                    extranonce2Size = subscribed.extranonce2Size();
                }
            }
            default -> {}
        }
    }

    /** What a miner hashes. */
    record Attempt(Notify work, Bytes extranonce1, Bytes extranonce2, long ntime, long version) {
        byte[] header() {
            Hash256 coinbase = Sha256d.of(work.coinbase1(), extranonce1, extranonce2, work.coinbase2());
            Hash256 root = MerklePath.of(work.merkleBranch()).root(coinbase);
            return new BlockHeader(version, work.prevHash(), root, ntime, work.nbits(), 0).toArray();
        }

        /** The first nonce from {@code from} on whose hash does or does not meet the target. */
        long nonce(long from, Target target, boolean meets) {
            byte[] header = header();
            for (long nonce = from; ; nonce++) {
                BlockHeader.writeNonce(header, 0, nonce);
                if (target.isMetBy(Sha256d.of(header, 0, header.length)) == meets) {
                    return nonce;
                }
            }
        }
    }

    Attempt attempt() {
        return attempt(work);
    }

    Attempt attempt(Notify job) {
        return new Attempt(job, extranonce1, Bytes.zeros(extranonce2Size), job.ntime(), job.version());
    }

    /** Finds a share of the work at hand, beginning at {@code firstNonce}, and sends it as worker "w". */
    String submitsShare(long firstNonce) {
        Attempt attempt = attempt();
        return submits(attempt, attempt.nonce(firstNonce, Difficulty.targetOf(difficulty), true), "");
    }

    /** Sends a submit and answers the one line that comes back first, without its id. */
    String submits(Attempt attempt, long nonce, String versionBits) {
        return submits(
                "w",
                attempt.work().jobId(),
                attempt.extranonce2().hex(),
                "%08x".formatted(attempt.ntime()),
                "%08x".formatted(nonce),
                versionBits);
    }

    String submits(String worker, String jobId, String extranonce2, String ntime, String nonce, String versionBits) {
        int id = ++lastId;
        String bits = versionBits.isEmpty() ? "" : ",\"" + versionBits + "\"";
        List<String> answers =
                says("{\"params\":[\"%s\",\"%s\",\"%s\",\"%s\",\"%s\"%s],\"id\":%d,\"method\":\"mining.submit\"}"
                        .formatted(worker, jobId, extranonce2, ntime, nonce, bits, id));
        assertThat(answers.getFirst()).startsWith("{\"id\":" + id + ",\"result\":");
        assertThat(answers.subList(1, answers.size()))
                .as("every submit is answered exactly once, and what follows is no answer")
                .allMatch(push -> push.contains("\"method\""));
        return answers.getFirst().replace("{\"id\":" + id + ",", "{");
    }
}
