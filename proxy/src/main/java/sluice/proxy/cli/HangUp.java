package sluice.proxy.cli;

import java.lang.reflect.Proxy;

/** The signal SIGHUP, where this system and this Java have it. */
final class HangUp {
    private HangUp() {}

    /**
     * Runs {@code task} at each SIGHUP from now on, on a thread of the system. Says whether that is possible here; if not, a
     * SIGHUP ends the process as before.
     */
    static boolean onEach(Runnable task) {
        // Named in text only: the compiler warns of every use, and a system without signals may lack the class.
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object onSignal = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, args) -> {
                        if (method.getName().equals("handle")) {
                            task.run();
                            return null;
                        }
                        return method.getName().equals("equals") ? proxy == args[0] : System.identityHashCode(proxy);
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), onSignal);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
