package sluice.proxy.netty;

import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerSession;

/** Makes the session of a connection once its protocol is known. */
interface SessionFactory {
    MinerSession sv1(MinerContext context, long connectionId, MinerOrigin origin);

    MinerSession sv2(MinerContext context, long connectionId, MinerOrigin origin);
}
