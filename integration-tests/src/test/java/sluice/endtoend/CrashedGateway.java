package sluice.endtoend;

import io.netty.channel.EventLoop;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import sluice.config.FailoverConfig;
import sluice.config.LimitsConfig;
import sluice.config.Sv1Config;
import sluice.config.VardiffConfig;
import sluice.protocol.Bytes;
import sluice.proxy.event.EventLog;
import sluice.proxy.goal.RoutingPlan;
import sluice.proxy.netty.Gateway;
import sluice.proxy.netty.GatewaySettings;
import sluice.proxy.netty.SoloUpstream;
import sluice.proxy.netty.TemplateSourceFactory;
import sluice.upstream.template.BlockSolution;
import sluice.upstream.template.BlockTemplateReader;
import sluice.upstream.template.BlockVerdict;
import sluice.upstream.template.TemplateCommand;
import sluice.upstream.template.TemplateEvent;
import sluice.upstream.template.TemplateSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The process that {@link CrashTest} kills: a gateway that mines solo on a recorded template and brings its blocks to a node
 * by HTTP. Arguments: the directory of found blocks, and the node's URL. It begins when it reads a line, so that a test need
 * not wait for its machine to start, prints its port, and ends with its input.
 */
final class CrashedGateway {
    static final double DIFFICULTY = 1e-9;

    private CrashedGateway() {}

    public static void main(String[] arguments) throws IOException {
        URI node = URI.create(arguments[1]);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        orders.readLine();
        Gateway gateway = Gateway.start(
                new GatewaySettings(
                        "gateway",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        Farm.freshKey(),
                        new VardiffConfig(false, 6, DIFFICULTY, DIFFICULTY),
                        LimitsConfig.DEFAULT,
                        Sv1Config.DEFAULT,
                        Path.of(arguments[0]),
                        1),
                RoutingPlan.single(new SoloUpstream(
                        "solo",
                        Bytes.fromHex("51"),
                        Bytes.of("/crash/".getBytes(StandardCharsets.US_ASCII)),
                        InstantSource.system())),
                FailoverConfig.DEFAULT,
                List.of(new RecordedNodeFactory(node)),
                InstantSource.system(),
                List.of(new EventLog("gateway")));
        System.out.println(gateway.address().getPort());
        orders.readLine();
        gateway.close();
        System.exit(0);
    }

    private record RecordedNodeFactory(URI node) implements TemplateSourceFactory {
        @Override
        public String name() {
            return "node";
        }

        @Override
        public boolean takesEveryBlock() {
            return true;
        }

        @Override
        public TemplateSource create(EventLoop loop, Executor handshakes) {
            return new RecordedNode(loop, node);
        }
    }

    /** One template for ever, and blocks by HTTP. A node that cannot be reached says nothing. */
    private static final class RecordedNode implements TemplateSource {
        private final EventLoop loop;
        private final URI node;
        private final HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
        private Consumer<TemplateEvent> events;

        RecordedNode(EventLoop loop, URI node) {
            this.loop = loop;
            this.node = node;
        }

        @Override
        public void start(Consumer<TemplateEvent> to) {
            events = to;
            try (InputStream recorded = CrashedGateway.class.getResourceAsStream("/templates/gbt_20tx.json")) {
                ObjectNode template = (ObjectNode) JsonMapper.shared().readTree(recorded);
                long now = InstantSource.system().instant().getEpochSecond();
                template.put("curtime", now);
                template.put("mintime", now - 3_600);
                events.accept(new TemplateEvent.NewTip(BlockTemplateReader.read(template, 1)));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void send(TemplateCommand command) {
            if (command instanceof TemplateCommand.SubmitBlock(BlockSolution solution)) {
                HttpRequest submit = HttpRequest.newBuilder(node)
                        .POST(HttpRequest.BodyPublishers.ofString(
                                solution.block().orElseThrow().hex()))
                        .build();
                http.sendAsync(submit, HttpResponse.BodyHandlers.ofString())
                        .thenAccept(answer -> loop.execute(() -> judge(solution.number(), answer)));
            }
        }

        private void judge(long number, HttpResponse<String> answer) {
            if (answer.statusCode() == 200) {
                events.accept(new TemplateEvent.BlockJudged(number, BlockVerdict.ofReason(answer.body())));
            }
        }
    }
}
