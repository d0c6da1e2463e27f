package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.util.HashMap;
import java.util.Map;
import sluice.protocol.sv2.message.Sv2Codec;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.mining.SubmitSharesError;
import sluice.protocol.sv2.message.mining.SubmitSharesSuccess;
import sluice.protocol.sv2.wire.Frame;
import sluice.protocol.sv2.wire.ProtocolViolation;
import sluice.upstream.UpstreamCommand;

/**
 * Reads every verdict of a pool as it comes in and sees that it is booked as what it is, for the share it is about. Verdicts
 * of a pool that lies prove nothing, so only the sums hold there.
 */
final class UpstreamWitness {
    private final Account account;
    private final RouteBook routes;
    private final int route;
    private final Map<Long, UpstreamCommand.SubmitShare> open = new HashMap<>();
    private boolean poolIsHonest;
    private boolean mining;
    private long acceptedDue;
    private long rejectedDue;

    UpstreamWitness(Books books, int route) {
        this.account = books.account();
        this.routes = books.routes();
        this.route = route;
    }

    void connected(Link link) {
        poolIsHonest = link.isHonest();
        routes.connected(link.number(), route);
    }

    void submitted(UpstreamCommand.SubmitShare share) {
        require(mining, "%s goes up though no channel is open", share);
        require(open.put(share.sequence(), share) == null, "sequence number %d is used twice", share.sequence());
    }

    void channelOpened() {
        open.clear();
        mining = true;
    }

    void lost() {
        open.clear();
        mining = false;
    }

    void before(Frame frame) {
        acceptedDue = account.upstreamAccepted();
        rejectedDue = account.upstreamRejected();
        if (!mining || !poolIsHonest) {
            return;
        }
        Sv2Message message;
        try {
            message = Sv2Codec.decode(frame).orElse(null);
        } catch (ProtocolViolation nonsense) {
            return;
        }
        if (message instanceof SubmitSharesSuccess success) {
            acceptedDue += success.newSubmitsAcceptedCount();
            int before = open.size();
            open.keySet().removeIf(sequence -> sequence <= success.lastSequenceNumber());
            require(
                    before - open.size() == success.newSubmitsAcceptedCount(),
                    "%s accepts %d shares of ours",
                    success,
                    before - open.size());
        } else if (message instanceof SubmitSharesError error) {
            rejectedDue++;
            UpstreamCommand.SubmitShare share = open.remove(error.sequenceNumber());
            require(share != null, "%s is about no share of ours", error);
            account.expectRejection(share.userIdentity(), error.errorCode());
        }
    }

    void after() {
        if (mining && poolIsHonest) {
            require(
                    account.upstreamAccepted() == acceptedDue && account.upstreamRejected() == rejectedDue,
                    "the pool's verdicts come to %d accepted and %d rejected, the events say %d and %d",
                    acceptedDue,
                    rejectedDue,
                    account.upstreamAccepted(),
                    account.upstreamRejected());
        }
    }
}
