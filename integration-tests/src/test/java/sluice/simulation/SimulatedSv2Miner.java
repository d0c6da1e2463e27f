package sluice.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.protocol.Bytes;
import sluice.protocol.bitcoin.Difficulty;
import sluice.protocol.bitcoin.Target;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.common.SetupConnection;
import sluice.protocol.sv2.message.common.SetupConnectionError;
import sluice.protocol.sv2.message.common.SetupConnectionFlags;
import sluice.protocol.sv2.message.common.SetupConnectionSuccess;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.CloseChannel;
import sluice.protocol.sv2.message.mining.OpenExtendedMiningChannel;
import sluice.protocol.sv2.message.mining.OpenStandardMiningChannel;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;
import sluice.protocol.sv2.message.mining.SubmitSharesStandard;
import sluice.protocol.sv2.message.mining.UpdateChannel;
import sluice.protocol.sv2.wire.Frame;

/** An SV2 device, or a proxy with a few of them. */
final class SimulatedSv2Miner extends SimulatedMiner {
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final Map<ToldChannel, Long> sequences = new HashMap<>();
    private Sv2View view = new Sv2View(this);
    private long lastRequestId;
    private long conversation;
    private boolean namesWorkers;

    SimulatedSv2Miner(World world, Chance chance, String name, String host, MinerNature nature) {
        super(world, chance, name, host, nature);
    }

    @Override
    void greet() {
        long flags = (nature().standardOnly() ? SetupConnectionFlags.MINING_REQUIRES_STANDARD_JOBS : 0)
                | (nature().needsVersionRolling() ? SetupConnectionFlags.MINING_REQUIRES_VERSION_ROLLING : 0);
        say(new SetupConnection(
                SetupConnection.MINING, 2, 2, flags, "gateway", 3333, "simulated", "device", "1.0", name()));
        if (nature().pipelines()) {
            openAll();
        }
    }

    private void openAll() {
        if (chance().happens(0.2)) {
            say(new RequestExtensions(1, List.of(WorkerIdentity.EXTENSION_TYPE)));
        }
        for (int i = 0; i < nature().channels(); i++) {
            open();
        }
    }

    private void open() {
        // Claims are as wrong as owners' ideas of their machines are.
        float hashrate = (float) (chance().happens(0.2) ? 0 : nature().hashrate() * chance().between(0.2, 2));
        long requestId = ++lastRequestId;
        if (nature().standardOnly() || chance().happens(0.5)) {
            say(new OpenStandardMiningChannel(requestId, name(), hashrate, maxTarget()));
        } else {
            int rollable = chance().oneOf(0, 2, 4, 8, 8, 12, 16);
            say(new OpenExtendedMiningChannel(requestId, name(), hashrate, maxTarget(), rollable));
        }
    }

    private Target maxTarget() {
        return chance().happens(0.7) ? Target.MAX : Difficulty.targetOf(chance().spread(1e-9, 1e-8));
    }

    private Optional<Submission> say(Sv2Message message) {
        Optional<Submission> share = view.said(message);
        send(message.toFrameBytes());
        return share;
    }

    @Override
    void forget() {
        view = new Sv2View(this);
        sequences.clear();
        namesWorkers = false;
        conversation++;
    }

    @Override
    void read(Bytes bytes) {
        Sv2Message message = Sv2Codec.decode(Frame.parse(bytes.toArray())).orElseThrow();
        view.heard(message);
        switch (message) {
            case SetupConnectionSuccess success -> {
                if (!nature().pipelines()) {
                    openAll();
                }
            }
            case SetupConnectionError error -> leave("refused: " + error.errorCode());
            case RequestExtensionsSuccess success -> namesWorkers = true;
            default -> {}
        }
    }

    @Override
    List<ToldChannel> openChannels() {
        return view.channels().stream().filter(ToldChannel::isOpen).toList();
    }

    @Override
    Optional<Submission> submit(Find find) {
        return submit(find, find.channel().id(), Long.parseLong(find.job().id()), find.rolled(), find.ntime(), 0);
    }

    private Optional<Submission> submit(
            Find find, long channelId, long jobId, Bytes rolled, long ntime, long flippedBits) {
        long sequence = sequences.merge(find.channel(), 1L, Long::sum);
        long version = rolledVersion(find.job(), find.versionBits()) ^ flippedBits;
        if (find.channel().isStandard()) {
            return say(new SubmitSharesStandard(channelId, sequence, jobId, find.nonce(), ntime, version));
        }
        SubmitSharesExtended share =
                new SubmitSharesExtended(channelId, sequence, jobId, find.nonce(), ntime, version, rolled);
        boolean named = namesWorkers && chance().happens(0.5);
        return say(named ? share.withTlvs(List.of(WorkerIdentity.of(name() + ".w"))) : share);
    }

    @Override
    Optional<Submission> submitNonsense(Find find) {
        long job = Long.parseLong(find.job().id());
        long channel = find.channel().id();
        return switch (chance().between(0, 4)) {
            case 0 -> submit(find, channel, 0xffff_fff0L, find.rolled(), find.ntime(), 0);
            case 1 -> submit(find, channel + 1_000, job, find.rolled(), find.ntime(), 0);
            case 2 -> submit(find, channel, job, find.rolled(), 17, 0);
            case 3 -> submit(find, channel, job, find.rolled(), find.ntime(), 0x8000_0000L);
            default ->
                find.channel().isStandard()
                        ? Optional.empty()
                        : submit(find, channel, job, Bytes.zeros(find.rolled().length() + 1), find.ntime(), 0);
        };
    }

    @Override
    void whim() {
        List<ToldChannel> channels = openChannels();
        if (channels.isEmpty()) {
            return;
        }
        ToldChannel channel = chance().oneOf(channels);
        switch (chance().between(0, 3)) {
            case 0 ->
                say(new UpdateChannel(
                        channel.id(), (float) (nature().hashrate() * chance().between(0.0, 2.0)), maxTarget()));
            case 1 -> {
                say(new CloseChannel(channel.id(), "done"));
            }
            // A group's close would take channels with it whose opening is still under way.
            case 2 -> say(new CloseChannel(view.waitingOpens() == 0 ? channel.group() : 9_999_999L, "all of them"));
            default -> open();
        }
    }

    @Override
    int outstanding() {
        return view.outstanding();
    }

    @Override
    public void opened(ToldChannel channel) {
        if (openChannels().size() > 3 * nature().channels()) {
            say(new CloseChannel(channel.id(), "too many"));
        }
    }

    @Override
    public void openRefused(long requestId, String reason) {
        openAgainLater();
    }

    @Override
    public void closed(ToldChannel channel, String reason) {
        openAgainLater();
    }

    private void openAgainLater() {
        long mine = conversation;
        world().time().after(chance().between(Duration.ofMillis(10), RETRY), () -> {
            boolean enough = openChannels().size() + view.waitingOpens() >= nature().channels();
            if (conversation == mine && isConnected() && view.isSetUp() && !enough) {
                open();
            }
        });
    }
}
