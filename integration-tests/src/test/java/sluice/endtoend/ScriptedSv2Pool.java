package sluice.endtoend;

import static sluice.endtoend.Patience.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import sluice.config.Sv2PoolAddress;
import sluice.protocol.Bytes;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.Reconnect;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.MiningErrorCode;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.noise.AuthoritySecretKey;
import sluice.protocol.sv2.noise.Secp256k1;

/**
 * An SV2 pool on loopback that does what a {@link PoolScript} says, gives work on command, keeps all that it is told, and
 * re-hashes every share with none of our code.
 */
public final class ScriptedSv2Pool implements JudgingPool, AutoCloseable {
    private static final int BACKLOG = 64;
    // Above the groups that tests use, so that the one can never pass for the other.
    private static final long FIRST_CHANNEL = 101;

    private final String name;
    private final AuthoritySecretKey authority;
    private String chain;
    private final int port;
    private final List<PoolClient> clients = new CopyOnWriteArrayList<>();
    private final Queue<Heard> heard = new ConcurrentLinkedQueue<>();
    private final Queue<JudgedShare> judged = new ConcurrentLinkedQueue<>();
    private final Map<Long, PoolWork> futures = new HashMap<>();
    private final Set<String> seen = new HashSet<>();
    private final Set<String> barred = ConcurrentHashMap.newKeySet();
    private volatile PoolScript script;
    private volatile ServerSocket listener;
    private int connections;
    private long lastChannel = FIRST_CHANNEL - 1;
    private long lastJob;
    private PoolWork.Tip tip;
    private PoolWork work;

    /** @param connection counts them from 1 */
    record Heard(Instant at, int connection, Sv2Message message) {}

    /** @param fault the specification's error code, empty for a good share, whatever the script had us answer */
    public record JudgedShare(int connection, SubmitSharesExtended share, String fault) {
        public boolean isGood() {
            return fault.equals(PoolChannel.NONE);
        }

        /** The worker that the share names (extension 0x0002), if it does. */
        Optional<String> worker() {
            return WorkerIdentity.in(share.tlvs(extension -> extension == WorkerIdentity.EXTENSION_TYPE));
        }
    }

    /** Its chain is another than those of other pools, so that one job shows whose it is. */
    ScriptedSv2Pool(String name) {
        this(name, Farm.freshKey(), PoolScript.GOOD);
    }

    ScriptedSv2Pool(String name, AuthoritySecretKey authority, PoolScript script) {
        this.name = name;
        this.authority = authority;
        this.script = script;
        chain = name;
        tip = PoolWork.Tip.of(chain, 1, PoolWork.NBITS, now());
        work = nextWork(0);
        listen(0);
        port = listener.getLocalPort();
    }

    /** Another pool under the same authority, as one that this one may send its clients to. */
    ScriptedSv2Pool sibling(String sibling) {
        return new ScriptedSv2Pool(sibling, authority, PoolScript.GOOD);
    }

    /** It mines on the same blocks as this other one, as all real pools do. Before anybody has a channel here. */
    synchronized ScriptedSv2Pool onTheTipOf(ScriptedSv2Pool other) {
        synchronized (other) {
            chain = other.chain;
            tip = other.tip;
        }
        return this;
    }

    /** What it does from now on. */
    public ScriptedSv2Pool play(PoolScript other) {
        script = other;
        return this;
    }

    Sv2PoolAddress address() {
        return new Sv2PoolAddress(
                InetAddress.getLoopbackAddress().getHostAddress(),
                port,
                Optional.of(authority.publicKey(Secp256k1.best())));
    }

    InetSocketAddress socketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    int port() {
        return port;
    }

    /** A block was found: a future job and the tip that activates it. Answers the job's id. */
    public synchronized long newTip() {
        return newTip(0);
    }

    /** A block was found, and the next holds so many transactions that its job has this many merkle branches. */
    public synchronized long newTipWithBranches(int branches) {
        work = nextWork(0, branches);
        all(client -> client.announceFuture(work));
        moveTo(work.jobId());
        return work.jobId();
    }

    /** As {@link #newTip()}, with so many useless bytes in the job. */
    public synchronized long newTip(int weight) {
        work = nextWork(weight);
        all(client -> client.announceFuture(work));
        moveTo(work.jobId());
        return work.jobId();
    }

    /** A block was found, and on top of it every share is another. Answers the job's id. */
    synchronized long newTipOfEasyBlocks() {
        work = nextWork(0);
        all(client -> client.announceFuture(work));
        moveTo(work.jobId(), PoolWork.NBITS_OF_EASY_BLOCKS);
        return work.jobId();
    }

    /** One more job on the tip in force. Answers its id. */
    public synchronized long newJob() {
        work = nextWork(0);
        all(client -> client.announceActive(work, tip));
        return work.jobId();
    }

    /** A job for the next tip, which does not come yet. Answers its id. */
    synchronized long announceFuture() {
        PoolWork future = nextWork(0);
        futures.put(future.jobId(), future);
        all(client -> client.announceFuture(future));
        return future.jobId();
    }

    /** The tip comes that a future job waited for; clients that open a channel later get the same job. */
    synchronized void activate(long futureJob) {
        work = futures.getOrDefault(futureJob, work);
        futures.clear();
        moveTo(futureJob);
    }

    private void moveTo(long job) {
        moveTo(job, tip.nbits());
    }

    private void moveTo(long job, long nbits) {
        tip = PoolWork.Tip.of(chain, tip.number() + 1, nbits, now());
        all(client -> client.activate(job, tip));
    }

    public synchronized void setTarget(double difficulty) {
        all(client -> client.target(difficulty));
    }

    public synchronized void setExtranoncePrefix(String hex) {
        all(client -> client.prefix(hex));
    }

    /** Moves every channel into this group. */
    synchronized void setGroup(long group) {
        all(client -> client.group(group));
    }

    synchronized void closeChannels(String reason) {
        all(client -> client.closeChannels(user -> true, reason));
    }

    /** Closes the channels that were opened under this name, and opens none for it any more. */
    synchronized void bar(String user, String reason) {
        barred.add(user);
        all(client -> client.closeChannels(user::equals, reason));
    }

    /** Opens channels for this name again. */
    void readmit(String user) {
        barred.remove(user);
    }

    boolean isBarred(String user) {
        return barred.contains(user);
    }

    void askToReconnectTo(ScriptedSv2Pool other) {
        askToReconnectTo(InetAddress.getLoopbackAddress().getHostAddress(), other.port);
    }

    synchronized void askToReconnectTo(String host, int otherPort) {
        all(client -> client.say(new Reconnect(host, otherPort)));
    }

    /** Says this to every client, once for each of its channels. */
    synchronized void say(LongFunction<Sv2Message> ofChannel) {
        all(client -> client.channels().forEach(channel -> client.say(ofChannel.apply(channel.id()))));
    }

    /** Grants the channels that were asked for while the script said to ignore it. */
    public synchronized void grantUnanswered() {
        script = script.open(PoolScript.Reply.YES);
        all(PoolClient::grantUnanswered);
    }

    /** Gives its verdict on the shares that came while the script said to give none. */
    synchronized void answerUnanswered() {
        script = script.shares(PoolScript.Reply.YES);
        all(PoolClient::answerUnanswered);
    }

    /** Says something that is no frame. */
    void sayGarbage() {
        all(PoolClient::sayGarbage);
    }

    private void all(Consumer<PoolClient> action) {
        clients.forEach(action);
    }

    /** Hangs up on everybody, and goes on listening. */
    public void hangUp() {
        clients.forEach(PoolClient::hangUp);
    }

    /** Hangs up on everybody and listens no more. */
    public void die() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        hangUp();
    }

    /** Listens again at the same place, on another tip. Answers the job of it. */
    public long comeBack() {
        long job = newTip();
        await("port " + port + " free again").ignoreExceptions().until(() -> {
            listen(port);
            return true;
        });
        return job;
    }

    @Override
    public void close() {
        die();
    }

    private void listen(int at) {
        ServerSocket fresh;
        try {
            fresh = new ServerSocket();
            fresh.setReuseAddress(true);
            fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        listener = fresh;
        Thread.ofVirtual().name(name + "-pool").start(() -> accept(fresh));
    }

    private void accept(ServerSocket listening) {
        while (true) {
            Socket socket;
            try {
                socket = listening.accept();
            } catch (IOException closed) {
                return;
            }
            synchronized (this) {
                PoolClient client = new PoolClient(this, ++connections, socket);
                clients.add(client);
                Thread.ofVirtual().name(name + "-pool-client").start(client);
                if (listening.isClosed()) {
                    client.hangUp();
                }
            }
        }
    }

    /** All messages of this type so far. */
    <T extends Sv2Message> List<T> heard(Class<T> type) {
        return heard.stream()
                .map(Heard::message)
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** Every message so far, in order. */
    List<Heard> heard() {
        return List.copyOf(heard);
    }

    /** The names of all messages so far, in order; of the same in a row, one. */
    List<String> conversation() {
        List<String> names = new ArrayList<>();
        for (Heard each : heard) {
            String next = each.message().getClass().getSimpleName();
            if (names.isEmpty() || !names.getLast().equals(next)) {
                names.add(next);
            }
        }
        return names;
    }

    /** Waits until so many messages of this type have come in all; answers them. */
    <T extends Sv2Message> List<T> awaitHeard(Class<T> type, int count) {
        await(count + " " + type.getSimpleName() + " at pool " + name)
                .until(() -> heard(type).size() >= count);
        return heard(type);
    }

    /** TCP connections that were accepted so far. */
    synchronized int connections() {
        return connections;
    }

    void awaitConnections(int count) {
        await(count + " connections at pool " + name).until(() -> connections() >= count);
    }

    /** Connections that stand now. */
    int connected() {
        return clients.size();
    }

    /** Waits until clients have so many open channels. */
    public void awaitChannels(int count) {
        await(count + " channels at pool " + name).until(() -> channels() == count);
    }

    synchronized int channels() {
        return clients.stream().mapToInt(client -> client.channels().size()).sum();
    }

    /** Under whose names channels are open now, in alphabetical order. */
    synchronized List<String> users() {
        List<String> users = new ArrayList<>();
        all(client -> client.channels().forEach(channel -> users.add(channel.user())));
        Collections.sort(users);
        return users;
    }

    /** The workers that good shares named. */
    Set<String> workers() {
        return judged.stream()
                .filter(JudgedShare::isGood)
                .flatMap(share -> share.worker().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The extranonce prefixes of all open channels. */
    synchronized Set<Bytes> prefixes() {
        Set<Bytes> prefixes = new HashSet<>();
        all(client -> client.channels().forEach(channel -> prefixes.add(channel.prefix())));
        return prefixes;
    }

    public List<JudgedShare> shares() {
        return List.copyOf(judged);
    }

    @Override
    public int judgedShares() {
        return judged.size();
    }

    @Override
    public int goodShares() {
        return (int) judged.stream().filter(JudgedShare::isGood).count();
    }

    int goodSharesOf(long job) {
        return (int) judged.stream()
                .filter(JudgedShare::isGood)
                .filter(share -> share.share().jobId() == job)
                .count();
    }

    /** Waits until so many good shares of this job have come in all. */
    void awaitGoodShares(long job, int count) {
        await(count + " good shares of job " + job + " at pool " + name).until(() -> goodSharesOf(job) >= count);
    }

    /** Waits until so many good shares have come in all. */
    public void awaitGoodShares(int count) {
        await(count + " good shares at pool " + name).until(() -> goodShares() >= count);
    }

    /** What was wrong with shares, to a count; those of an earlier tip are no mistake of anybody. */
    Map<String, Integer> faults() {
        Map<String, Integer> faults = new TreeMap<>();
        for (JudgedShare share : judged) {
            if (!share.isGood() && !share.fault().equals(MiningErrorCode.STALE_SHARE)) {
                faults.merge(share.fault(), 1, Integer::sum);
            }
        }
        return faults;
    }

    /** The id of the job that newcomers get. */
    public synchronized long currentJob() {
        return work.jobId();
    }

    /** The previous block of what is mined now, as hex in internal order. */
    public synchronized String tipHash() {
        return HexFormat.of().formatHex(tip.prevHash());
    }

    @Override
    public String toString() {
        return "pool " + name;
    }

    PoolScript script() {
        return script;
    }

    AuthoritySecretKey authority() {
        return authority;
    }

    void note(int connection, Sv2Message message) {
        heard.add(new Heard(Instant.now(), connection, message));
    }

    void judged(int connection, SubmitSharesExtended share, String fault) {
        judged.add(new JudgedShare(connection, share, fault));
    }

    void forget(PoolClient client) {
        clients.remove(client);
    }

    /** Hashes of good shares, of all clients together: whoever's they are, no two may be the same. */
    Set<String> seen() {
        return seen;
    }

    long nextChannel() {
        return ++lastChannel;
    }

    Bytes prefixOf(long channel, String hex) {
        return Bytes.fromHex(hex + "%02x".formatted(channel & 0xff));
    }

    PoolWork currentWork() {
        return work;
    }

    PoolWork.Tip tip() {
        return tip;
    }

    private PoolWork nextWork(int weight) {
        return nextWork(weight, PoolWork.USUAL_BRANCHES);
    }

    private PoolWork nextWork(int weight, int branches) {
        boolean rolling = script.versions() == PoolScript.Versions.ROLLED;
        return new PoolWork(++lastJob, now(), rolling, weight, branches);
    }

    /** What upstreams and their events call it. */
    String name() {
        return name;
    }

    private static long now() {
        return Instant.now().getEpochSecond();
    }
}
