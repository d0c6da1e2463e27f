package sluice.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import sluice.protocol.Bytes;
import sluice.protocol.sv1.Sv1ClientMessage;
import sluice.protocol.sv1.Sv1Encoder;
import sluice.protocol.sv1.Sv1Id;
import sluice.protocol.sv1.Sv1Limits;
import sluice.protocol.sv1.Sv1LineCodec;
import sluice.protocol.sv1.Sv1ServerDecoder;

/** A machine with SV1 firmware. */
final class SimulatedSv1Miner extends SimulatedMiner {
    private final Sv1ServerDecoder decoder = new Sv1ServerDecoder();
    private Sv1View view = new Sv1View(this);
    private Sv1LineCodec lines = new Sv1LineCodec(Sv1Limits.SERVER);
    private List<Sv1ClientMessage> toSay = new ArrayList<>();
    private long lastId;

    SimulatedSv1Miner(World world, Chance chance, String name, String host, MinerNature nature) {
        super(world, chance, name, host, nature);
    }

    @Override
    void greet() {
        Chance chance = chance();
        toSay = new ArrayList<>();
        if (nature().rollsVersion()) {
            toSay.add(new Sv1ClientMessage.Configure(
                    id(),
                    chance.happens(0.8)
                            ? List.of(Sv1ClientMessage.Configure.VERSION_ROLLING)
                            : List.of(Sv1ClientMessage.Configure.VERSION_ROLLING, "subscribe-extranonce", "unknown"),
                    chance.oneOf(0xffff_ffffL, 0x1fff_e000L, 0x0000_6000L),
                    OptionalInt.empty(),
                    OptionalDouble.empty(),
                    Map.of()));
        }
        toSay.add(Sv1ClientMessage.Subscribe.of(id(), "simulated/1.0"));
        Sv1ClientMessage authorize = new Sv1ClientMessage.Authorize(id(), name(), chance.oneOf("x", "d=0.000000002"));
        if (chance.happens(0.5)) {
            toSay.add(authorize);
        } else {
            toSay.add(toSay.size() - 1, authorize);
        }
        if (chance.happens(0.3)) {
            toSay.add(new Sv1ClientMessage.SuggestDifficulty(id(), chance.spread(1e-10, 1e-8)));
        }
        if (chance.happens(0.3)) {
            toSay.add(new Sv1ClientMessage.ExtranonceSubscribe(id()));
        }
        do {
            sayNext();
        } while (nature().pipelines() && !toSay.isEmpty());
    }

    private void sayNext() {
        if (!toSay.isEmpty()) {
            say(toSay.removeFirst());
        }
    }

    private Optional<Submission> say(Sv1ClientMessage message) {
        Bytes line = Bytes.wrap(Sv1Encoder.encode(message));
        // TCP knows no lines.
        int cut = chance().happens(0.1) ? chance().between(1, line.length() - 1) : line.length();
        send(line.slice(0, cut));
        if (cut < line.length()) {
            send(line.slice(cut, line.length()));
        }
        return view.said(message);
    }

    @Override
    void forget() {
        view = new Sv1View(this);
        lines = new Sv1LineCodec(Sv1Limits.SERVER);
        toSay.clear();
    }

    @Override
    void read(Bytes bytes) {
        byte[] raw = bytes.toArray();
        lines.feed(raw, 0, raw.length, (source, from, length) -> {
            view.heard(decoder.decode(source, from, length));
            sayNext();
        });
    }

    @Override
    List<ToldChannel> openChannels() {
        return view.channel().stream().toList();
    }

    @Override
    Optional<Submission> submit(Find find) {
        boolean rolls = find.job().rollableBits() != 0;
        return say(new Sv1ClientMessage.Submit(
                id(),
                chance().happens(0.2) ? "" : name(),
                find.job().id(),
                find.rolled(),
                find.ntime(),
                find.nonce(),
                rolls ? OptionalLong.of(find.versionBits()) : OptionalLong.empty()));
    }

    @Override
    Optional<Submission> submitNonsense(Find find) {
        int kind = chance().between(0, 4);
        return say(new Sv1ClientMessage.Submit(
                id(),
                kind == 0 ? "nobody" : name(),
                kind == 1 ? "fffffff0" : find.job().id(),
                kind == 2 ? Bytes.zeros(find.rolled().length() + 1) : find.rolled(),
                kind == 3 ? 17 : find.ntime(),
                find.nonce(),
                kind == 4 ? OptionalLong.of(0x8000_0000L) : OptionalLong.of(find.versionBits())));
    }

    @Override
    void whim() {
        switch (chance().between(0, 4)) {
            case 0 -> say(new Sv1ClientMessage.SuggestDifficulty(id(), chance().spread(1e-10, 1e-8)));
            case 1 -> say(new Sv1ClientMessage.Ping(id()));
            case 2 -> say(new Sv1ClientMessage.Unknown(id(), "mining.dance", Bytes.EMPTY));
            case 3 -> say(Sv1ClientMessage.Subscribe.of(id(), "once more"));
            default -> {
                send(Bytes.wrap("this is no JSON\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
            }
        }
    }

    @Override
    int outstanding() {
        return view.outstanding();
    }

    @Override
    public void opened(ToldChannel channel) {}

    @Override
    public void openRefused(long requestId, String reason) {}

    @Override
    public void closed(ToldChannel channel, String reason) {}

    private Sv1Id id() {
        return Sv1Id.of(++lastId);
    }
}
