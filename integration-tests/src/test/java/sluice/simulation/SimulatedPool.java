package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sluice.protocol.Bytes;

/** A pool: one port, a nature of its own, and a new mood for each connection. */
final class SimulatedPool implements Port {
    private final World world;
    private final Chance chance;
    private final String name;
    private final List<String> allNames;
    private final SimulatedNetwork network;
    private final UpstreamJobs jobs;
    private final PoolNature nature;
    private final Bytes prefixBase;
    private final List<PoolConversation> conversations = new ArrayList<>();
    private int lastPrefix;

    /**
     * @param allNames hosts that it may send visitors to
     * @param jobs where it writes down every job it gives
     */
    SimulatedPool(
            World world,
            Chance chance,
            String name,
            List<String> allNames,
            SimulatedNetwork network,
            UpstreamJobs jobs) {
        this.world = world;
        this.chance = chance;
        this.name = name;
        this.allNames = allNames;
        this.network = network;
        this.jobs = jobs;
        this.nature = PoolNature.drawn(chance.split());
        this.prefixBase = chance.bytes(PoolConversation.LONGEST_EXTRANONCE);
        network.listen(tip -> {
            for (PoolConversation conversation : conversations) {
                world.time().after(chance.between(Duration.ZERO, nature.tipDelay()), conversation::onTip);
            }
        });
    }

    String name() {
        return name;
    }

    PoolNature nature() {
        return nature;
    }

    SimulatedNetwork network() {
        return network;
    }

    UpstreamJobs jobs() {
        return jobs;
    }

    World world() {
        return world;
    }

    /** Where a visitor is sent: another pool, or the same one again. */
    String someHost() {
        return chance.oneOf(allNames);
    }

    @Override
    public Reception reception() {
        PoolMood mood = world.faults().mood(chance);
        return switch (mood) {
            case HAS_NO_ADDRESS -> new Reception(false, Welcome.REFUSED, Welcome.REFUSED, mood);
            case REFUSES_CONNECTION -> new Reception(true, Welcome.REFUSED, Welcome.REFUSED, mood);
            case IGNORES_CONNECTION -> new Reception(true, Welcome.IGNORED, Welcome.REFUSED, mood);
            case BREAKS_HANDSHAKE -> new Reception(true, Welcome.OPEN, Welcome.REFUSED, mood);
            case IGNORES_HANDSHAKE -> new Reception(true, Welcome.OPEN, Welcome.IGNORED, mood);
            default -> new Reception(true, Welcome.OPEN, Welcome.OPEN, mood);
        };
    }

    @Override
    public void accepted(Link link, Visit visit) {
        conversations.removeIf(PoolConversation::isOver);
        PoolConversation conversation = new PoolConversation(this, chance.split(), link, visit.mood());
        link.server().attach(conversation);
        conversations.add(conversation);
        world.trace().tell(name + " takes link " + link.number() + " and " + visit.mood());
    }

    /** A prefix that no other channel of this pool has had for long. */
    Bytes newPrefix(int length) {
        byte[] prefix = prefixBase.slice(0, length).toArray();
        lastPrefix++;
        prefix[length - 1] = (byte) lastPrefix;
        if (length > 1) {
            prefix[length - 2] = (byte) (lastPrefix >>> 8);
        }
        return Bytes.wrap(prefix);
    }

    /** Whoever behaves badly now thinks better of it, or goes. */
    void calmDown() {
        List.copyOf(conversations).forEach(PoolConversation::calmDown);
    }

    /** No more jobs of its own accord. */
    void standStill() {
        conversations.forEach(PoolConversation::standStill);
    }

    /** The conversations that are not over. */
    List<PoolConversation> conversations() {
        return conversations.stream()
                .filter(conversation -> !conversation.isOver())
                .toList();
    }
}
