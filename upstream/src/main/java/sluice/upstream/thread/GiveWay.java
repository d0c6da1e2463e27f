package sluice.upstream.thread;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets threads that nobody waits for give way to event loops where all of them want the same processor. Linux keeps a nice
 * value for each thread, and a process may always raise its own (setpriority(2), sched(7)). Elsewhere, and where the system
 * does not let it, nothing happens.
 */
public final class GiveWay {
    /**
     * By how much a thread is nicer than the process. Beside a busy event loop it still gets a tenth of a processor, so that
     * events of a process under full load are handed over all the same.
     */
    static final int BY = 10;

    /**
     * The same of what takes what others leave: the compiler that makes code better which is compiled already, and threads
     * that hash.
     */
    static final int MOST = 19;

    private static final int HIGHEST_NICE = 19;
    private static final String SECOND_COMPILER = "C2 Compiler";
    private static final int PRIO_PROCESS = 0;
    private static final int THIS_THREAD = 0;
    private static final Path THREADS = Path.of("/proc/self/task");
    private static final Logger LOG = LoggerFactory.getLogger(GiveWay.class);

    private GiveWay() {}

    /** What first has the thread that runs it give way, and then runs {@code work}. */
    public static Runnable first(Runnable work) {
        return () -> {
            lower(THIS_THREAD, BY);
            work.run();
        };
    }

    /** The same for work that takes what all others leave. */
    public static Runnable most(Runnable work) {
        return () -> {
            lower(THIS_THREAD, MOST);
            work.run();
        };
    }

    /**
     * The JVM's second compiler, from now on: it works longest, on code that the first has compiled already. One that is
     * started later has it from the one that starts it. The first keeps its place: without it everything is interpreted.
     */
    public static void secondCompiler() {
        if (Native.SET_PRIORITY == null) {
            return;
        }
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
            for (Path thread : threads) {
                if (nameOf(thread).startsWith(SECOND_COMPILER)) {
                    lower(numberOf(thread), MOST);
                }
            }
        } catch (IOException e) {
            LOG.debug("the second compiler does not give way: {}", e.toString());
        }
    }

    private static int numberOf(Path thread) {
        return Integer.parseInt(thread.getFileName().toString());
    }

    private static String nameOf(Path thread) {
        try {
            return Files.readString(thread.resolve("comm"));
        } catch (IOException ended) {
            return "";
        }
    }

    private static void lower(int thread, int by) {
        if (Native.SET_PRIORITY == null) {
            return;
        }
        try {
            int to = Math.min(HIGHEST_NICE, Native.niceOfProcess() + by);
            if ((int) Native.SET_PRIORITY.invokeExact(PRIO_PROCESS, thread, to) != 0) {
                LOG.debug("thread {} may not give way", thread);
            }
        } catch (Throwable e) {
            LOG.debug("thread {} does not give way: {}", thread, e.toString());
        }
    }

    private static final class Native {
        /** setpriority(2); null where it is not that of Linux. */
        static final MethodHandle SET_PRIORITY = find("setpriority", 3);

        private static final MethodHandle GET_PRIORITY = find("getpriority", 2);

        private Native() {}

        /** Of the thread that the process began with. */
        static int niceOfProcess() throws Throwable {
            return (int) GET_PRIORITY.invokeExact(
                    PRIO_PROCESS, (int) ProcessHandle.current().pid());
        }

        @SuppressWarnings("restricted")
        private static MethodHandle find(String name, int arguments) {
            if (!System.getProperty("os.name").equals("Linux")) {
                return null;
            }
            ValueLayout.OfInt[] ints = new ValueLayout.OfInt[arguments];
            Arrays.fill(ints, ValueLayout.JAVA_INT);
            try {
                Linker linker = Linker.nativeLinker();
                return linker.downcallHandle(
                        linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, ints));
            } catch (RuntimeException e) {
                LOG.debug("threads do not give way here: {}", e.toString());
                return null;
            }
        }
    }
}
