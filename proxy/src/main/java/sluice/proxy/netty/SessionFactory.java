package sluice.proxy.netty;

import sluice.proxy.session.MinerContext;
import sluice.proxy.session.MinerSession;

/** Makes the session of a connection once its protocol is known. */
interface SessionFactory {
    MinerSession sv1(MinerContext context, long connectionId);

    MinerSession sv2(MinerContext context, long connectionId);
}
