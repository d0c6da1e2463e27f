package sluice.proxy.declaration.netty;

import java.time.Instant;
import java.util.List;
import sluice.protocol.sv2.wire.Frame;
import sluice.proxy.client.netty.ClientConnection;
import sluice.proxy.declaration.DeclarationAction;
import sluice.proxy.declaration.DeclarationDeadline;
import sluice.proxy.declaration.DeclarationInput;
import sluice.proxy.declaration.DeclarationSession;

/** The connection of one client that declares jobs. Confined to the clients' loop. */
final class DeclarationConnection extends ClientConnection<DeclarationInput, DeclarationAction, DeclarationDeadline> {
    private final DeclarationPort port;
    private final DeclarationSession session;

    DeclarationConnection(DeclarationPort port, String name, DeclarationSession session) {
        super(name, DeclarationDeadline.class, port.clock());
        this.port = port;
        this.session = session;
    }

    @Override
    protected void joined() {
        port.joined(this);
        feed(new DeclarationInput.Started());
    }

    @Override
    protected void left(Instant now) {
        port.left(this);
        session.on(new DeclarationInput.Closed(), now);
    }

    @Override
    protected DeclarationInput received(Frame frame) {
        return new DeclarationInput.FrameReceived(frame);
    }

    @Override
    protected DeclarationInput reached(DeclarationDeadline deadline) {
        return new DeclarationInput.DeadlineReached(deadline);
    }

    @Override
    protected List<DeclarationAction> take(DeclarationInput input, Instant now) {
        return session.on(input, now);
    }

    @Override
    protected void carryOut(DeclarationAction action) {
        switch (action) {
            case DeclarationAction.Send send -> send(send.message());
            case DeclarationAction.SubmitBlock block -> port.submit(block);
            case DeclarationAction.SetDeadline set -> setDeadline(set.deadline(), set.at());
            case DeclarationAction.Note note -> note(note.text());
            case DeclarationAction.Disconnect disconnect -> disconnect(disconnect.reason(), disconnect.detail());
        }
    }
}
