package sluice.proxy.netty;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import sluice.protocol.bitcoin.Target;
import sluice.proxy.session.MinerAction;
import sluice.proxy.session.MinerInput;
import sluice.proxy.session.MinerSession;

/** A session that wants what a test tells it to, and remembers what it was given. */
final class ScriptedSession implements MinerSession {
    final List<MinerInput> inputs = new ArrayList<>();
    private final Function<MinerInput, List<MinerAction>> script;

    ScriptedSession(Function<MinerInput, List<MinerAction>> script) {
        this.script = script;
    }

    @Override
    public List<MinerAction> on(MinerInput input, Instant now) {
        inputs.add(input);
        return script.apply(input);
    }

    @Override
    public double nominalHashrate() {
        return 0;
    }

    @Override
    public Target hardestWantedTarget() {
        return Target.MAX;
    }
}
