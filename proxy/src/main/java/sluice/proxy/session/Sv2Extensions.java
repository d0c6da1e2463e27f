package sluice.proxy.session;

import java.util.List;
import java.util.Optional;
import sluice.protocol.sv2.message.Sv2Message;
import sluice.protocol.sv2.message.extension.RequestExtensions;
import sluice.protocol.sv2.message.extension.RequestExtensionsError;
import sluice.protocol.sv2.message.extension.RequestExtensionsSuccess;
import sluice.protocol.sv2.message.extension.WorkerIdentity;
import sluice.protocol.sv2.message.mining.SubmitSharesExtended;

/**
 * Which extensions a connection uses (extension 0x0001). We require none, so a refused request costs the miner nothing:
 * it may ask again or go on without. Confined to the session.
 */
final class Sv2Extensions {
    private boolean workerIdentity;

    Sv2Message answer(RequestExtensions request) {
        List<Integer> requested = request.requestedExtensions();
        List<Integer> supported =
                requested.contains(WorkerIdentity.EXTENSION_TYPE) ? List.of(WorkerIdentity.EXTENSION_TYPE) : List.of();
        if (supported.isEmpty() && !requested.isEmpty()) {
            return new RequestExtensionsError(request.requestId(), requested, List.of());
        }
        workerIdentity |= !supported.isEmpty();
        return new RequestExtensionsSuccess(request.requestId(), supported);
    }

    /**
     * The worker that a share names (extension 0x0002); empty where the extension is not in use, or the miner left the
     * name out or empty. Throws ProtocolViolation for a name that is too long: then the share is void, not the connection.
     */
    Optional<String> worker(SubmitSharesExtended share) {
        return workerIdentity
                ? WorkerIdentity.in(share.tlvs(type -> type == WorkerIdentity.EXTENSION_TYPE))
                        .filter(name -> !name.isEmpty())
                : Optional.empty();
    }
}
