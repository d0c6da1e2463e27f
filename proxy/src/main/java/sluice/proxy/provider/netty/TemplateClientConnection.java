package sluice.proxy.provider.netty;

import java.time.Instant;
import java.util.List;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.client.netty.ClientConnection;
import sluice.proxy.provider.TemplateClientAction;
import sluice.proxy.provider.TemplateClientDeadline;
import sluice.proxy.provider.TemplateClientInput;
import sluice.proxy.provider.TemplateClientSession;
import sluice.upstream.template.CoinbaseReserve;

/** One template client's connection. Confined to the clients' loop. */
final class TemplateClientConnection
        extends ClientConnection<TemplateClientInput, TemplateClientAction, TemplateClientDeadline> {
    /** Bytes that may wait for a client that does not read: the transactions of four full blocks. */
    static final int MAX_BACKLOG = 1 << 24;

    private final TemplateClients clients;
    private final TemplateClientSession session;
    private CoinbaseReserve reserve = CoinbaseReserve.NONE;

    TemplateClientConnection(TemplateClients clients, String name, TemplateClientSession session) {
        super(name, TemplateClientDeadline.class, clients.clock());
        this.clients = clients;
        this.session = session;
    }

    CoinbaseReserve reserve() {
        return reserve;
    }

    @Override
    protected void joined() {
        clients.joined(this);
    }

    @Override
    protected void left(Instant now) {
        clients.left(this);
    }

    @Override
    protected TemplateClientInput received(Frame frame) {
        return new TemplateClientInput.FrameReceived(frame);
    }

    @Override
    protected TemplateClientInput reached(TemplateClientDeadline deadline) {
        return new TemplateClientInput.DeadlineReached(deadline);
    }

    @Override
    protected List<TemplateClientAction> take(TemplateClientInput input, Instant now) {
        return session.on(input, now);
    }

    @Override
    protected void carryOut(TemplateClientAction action) {
        switch (action) {
            case TemplateClientAction.Send send -> send(send.message());
            case TemplateClientAction.SubmitBlock submit -> clients.submit(submit.solution());
            case TemplateClientAction.Reserve wanted -> {
                reserve = wanted.reserve();
                clients.reserve();
            }
            case TemplateClientAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
            case TemplateClientAction.Note note -> note(note.text());
            case TemplateClientAction.Disconnect disconnect -> disconnect(disconnect.reason(), disconnect.detail());
        }
    }
}
