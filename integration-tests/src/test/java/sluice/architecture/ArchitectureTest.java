package sluice.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import sluice.proxy.event.GatewayEvents;

/** Which way dependencies point, and where sockets, threads, clocks and random numbers may be. */
@AnalyzeClasses(packages = "sluice", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    /** Whole packages that do I/O for a living. */
    private static final String[] IO_PACKAGES = {"..netty..", "sluice.proxy.cli.."};

    /** Classes elsewhere that touch the outside, each with its reason. */
    private static final Map<String, String> IO_CLASSES = Map.of(
            "sluice.config.ConfigLoader", "reads the operator's file",
            "sluice.config.AuthorityKeyFile", "keeps our secret key on disk",
            "sluice.config.KeptPools", "keeps the pools that came by the API on disk",
            "sluice.proxy.event.GatewayEvents", "the event bus: owns the one thread that all events pass",
            "sluice.upstream.thread.GiveWay", "asks the system which threads are compilers",
            "sluice.proxy.block.BlockJournal", "a found block is on disk before anything else is done with it",
            "sluice.protocol.sv2.noise.NativeSecp256k1", "unpacks the native library to load it",
            "sluice.protocol.sv2.noise.Secp256k1Choice", "blinds the native library's context, once per process",
            "sluice.protocol.sv2.noise.BouncyCastleSecp256k1",
                    "hands given bytes to a library that wants a SecureRandom");

    /** Classes with a lock, each with its reason; everything else is confined to a loop or immutable. */
    private static final Map<String, String> LOCKING_CLASSES = Map.of(
            "sluice.upstream.netty.CertificateIssuer",
            "handshakes on several threads share one certificate until it is renewed");

    /** Calls that bring time, chance, threads or the outside into code that should take them as arguments. */
    private static final Map<String, Set<String>> IMPURE_METHODS = Map.of(
            "java.lang.System", Set.of("currentTimeMillis", "nanoTime", "getenv"),
            "java.lang.Math", Set.of("random"),
            "java.lang.Thread", Set.of("<init>", "sleep", "start", "startVirtualThread", "ofPlatform", "ofVirtual"),
            "java.time.Instant", Set.of("now"),
            "java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system"),
            "java.time.InstantSource", Set.of("system"),
            "java.util.Random", Set.of("<init>"),
            "java.util.SplittableRandom", Set.of("<init>"),
            "java.util.UUID", Set.of("randomUUID"),
            "java.net.InetAddress", Set.of("getByName", "getAllByName", "getLocalHost"));

    private static final String[] IMPURE_TYPES = {
        "java.security.SecureRandom",
        "java.util.concurrent.ThreadLocalRandom",
        "java.util.concurrent.Executors",
        "java.util.concurrent.ExecutorService",
        "java.util.Timer",
        "java.net.Socket",
        "java.net.ServerSocket",
        "java.net.DatagramSocket",
        "java.net.http.HttpClient",
        "java.nio.file.Files",
        "java.io.FileInputStream",
        "java.io.FileOutputStream",
        "java.io.RandomAccessFile",
    };

    @ArchTest
    static final ArchRule protocolUsesNoOtherModule = noClasses()
            .that()
            .resideInAPackage("sluice.protocol..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("sluice.config..", "sluice.upstream..", "sluice.proxy.."));

    @ArchTest
    static final ArchRule configUsesProtocolOnly = noClasses()
            .that()
            .resideInAPackage("sluice.config..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("sluice.upstream..", "sluice.proxy.."));

    @ArchTest
    static final ArchRule upstreamDoesNotKnowWhoAsksForWork = noClasses()
            .that()
            .resideInAPackage("sluice.upstream..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("sluice.proxy.."));

    @ArchTest
    static final ArchRule nettyStaysInPackagesCalledNetty = noClasses()
            .that()
            .resideOutsideOfPackage("..netty..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");

    @ArchTest
    static final ArchRule nothingUsesTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage("sluice.proxy.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sluice.proxy.cli..", "picocli..", "ch.qos.logback..");

    @ArchTest
    static final ArchRule pureCodeCallsNoClockThreadOrChance =
            noClasses().that(arePure()).should().accessTargetWhere(brings(IMPURE_METHODS));

    @ArchTest
    static final ArchRule pureCodeHoldsNoSocketFileOrThreadPool = noClasses()
            .that(arePure())
            .should()
            .dependOnClassesThat(describe("do I/O", type -> Set.of(IMPURE_TYPES).contains(type.getName())));

    @ArchTest
    static final ArchRule nobodyLocks = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("java.util.concurrent.locks..")
                    .and(describe("lock", type -> !type.isEquivalentTo(LockSupport.class))));

    @ArchTest
    static final ArchRule onlyTheBusThreadWaitsForWhatLoopsDo = noClasses()
            .that()
            .doNotBelongToAnyOf(GatewayEvents.class)
            .should()
            .dependOnClassesThat()
            .areAssignableTo(LockSupport.class);

    @ArchTest
    static final ArchRule nobodySynchronizes = noMethods()
            .that()
            .areDeclaredInClassesThat(describe("may not lock", type -> !LOCKING_CLASSES.containsKey(topLevel(type))))
            .should()
            .haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule onlyTheCommandLineTalksToTheTerminal = noClasses()
            .that()
            .resideOutsideOfPackage("sluice.proxy.cli..")
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule packagesFormNoCycle =
            slices().assignedFrom(new Packages()).should().beFreeOfCycles();

    /** The specification's own names are beyond us: RequestTransactionData. */
    @ArchTest
    static final ArchRule namesSayWhatAThingIs = noClasses()
            .that()
            .resideOutsideOfPackage(Packages.MESSAGES + "..")
            .should()
            .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl|Data)");

    @ArchTest
    static void everyListedExceptionStillExists(JavaClasses classes) {
        assertThat(Stream.concat(IO_CLASSES.keySet().stream(), LOCKING_CLASSES.keySet().stream()))
                .allMatch(classes::contain);
    }

    /** Each package by itself, but the registry of messages is one with the messages it lists and that name it. */
    private static final class Packages implements SliceAssignment {
        private static final String MESSAGES = "sluice.protocol.sv2.message";

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            String name = type.getPackageName();
            return SliceIdentifier.of(name.startsWith(MESSAGES) ? MESSAGES : name);
        }

        @Override
        public String getDescription() {
            return "packages";
        }
    }

    private static DescribedPredicate<JavaClass> arePure() {
        return describe(
                "are pure",
                type -> !resideInAnyPackage(IO_PACKAGES).test(type) && !IO_CLASSES.containsKey(topLevel(type)));
    }

    private static DescribedPredicate<JavaAccess<?>> brings(Map<String, Set<String>> methods) {
        return describe("brings in a clock, a thread or chance", access -> {
            AccessTarget target = access.getTarget();
            return methods.getOrDefault(target.getOwner().getName(), Set.of()).contains(target.getName());
        });
    }

    private static String topLevel(JavaClass type) {
        String name = type.getName();
        int dollar = name.indexOf('$');
        return dollar < 0 ? name : name.substring(0, dollar);
    }
}
