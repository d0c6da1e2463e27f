package sluice.proxy.event;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Tells the log what an operator would want to read there: pools, tips and blocks at info, single miners at debug. */
public final class EventLog implements GatewayEvents.Listener {
    /** How the reason of a loss begins that we asked for. */
    private static final String CLOSED_BY_US = "closed by us";

    /** Kinds of machines that are told of once; later ones are told of at debug level only. */
    static final int MAX_TOLD = 256;

    private static final String BANS = "ban";
    private static final String CUSTOM_JOBS = "custom-job";

    private final Logger log;
    // Of single connections, which anybody may make as fast as they can.
    private final SparseCounts refusals = new SparseCounts();
    private final Set<String> profiled = new HashSet<>();
    private final Set<String> oversized = new HashSet<>();

    /** @param name of the gateway, part of the logger's name */
    public EventLog(String name) {
        this.log = LoggerFactory.getLogger("sluice." + name);
    }

    @Override
    public void on(GatewayEvent event) {
        switch (event) {
            case GatewayEvent.MiningPoolConnected e -> log.info("upstream={} connected, channel open", e.upstream());
            case GatewayEvent.MiningPoolDisconnected e ->
                log.atLevel(e.reason().startsWith(CLOSED_BY_US) ? Level.INFO : Level.WARN)
                        .log("upstream={} lost step={} reason=\"{}\"", e.upstream(), e.step(), e.reason());
            case GatewayEvent.UpstreamRejected e ->
                log.warn(
                        "upstream={} rejected a share userIdentity={} reason={}",
                        e.upstream(),
                        e.userIdentity(),
                        e.errorCode());
            case GatewayEvent.UpstreamUnanswered e ->
                log.warn("upstream={} left without a verdict on {} shares", e.upstream(), e.count());
            case GatewayEvent.ShareUnforwardable e ->
                log.debug("share not forwarded userIdentity={} reason={}", e.userIdentity(), e.reason());
            case GatewayEvent.PayoutMismatch e ->
                log.error("upstream={} PAYS SOMEBODY ELSE detail=\"{}\"", e.upstream(), e.detail());
            case GatewayEvent.CoinbaseProviderChanged e ->
                log.info("coinbase provider {} {}", e.provider(), e.registered() ? "is registered" : "is withdrawn");
            case GatewayEvent.CoinbaseOutputsWanted e ->
                log.debug(
                        "coinbase provider {} is asked request={} height={} value={}",
                        e.provider(),
                        e.requestId(),
                        e.height(),
                        e.value());
            case GatewayEvent.CoinbaseOutputsTaken e ->
                log.info(
                        "coinbase provider {} is paid request={} outputs={} satoshis={}",
                        e.provider(),
                        e.requestId(),
                        e.outputs(),
                        e.sum());
            case GatewayEvent.CoinbaseOutputsRefused e ->
                log.warn(
                        "coinbase provider {} is left out request={} reason={} detail=\"{}\"",
                        e.provider(),
                        e.requestId(),
                        e.reason(),
                        e.detail());
            case GatewayEvent.CoinbaseOutputsUnused e ->
                log.warn("upstream={} leaves the coinbase provider's outputs out: {}", e.upstream(), e.reason());
            case GatewayEvent.ChainTipUpdated e ->
                log.info("new tip prevHash={} nbits={}", e.prevHash().display(), Long.toHexString(e.nbits()));
            case GatewayEvent.MiningDifficultyChanged e ->
                log.info(
                        "network difficulty changed nbits={} before={}",
                        Long.toHexString(e.newNbits()),
                        Long.toHexString(e.oldNbits()));
            case GatewayEvent.BlockFound e ->
                log.info(
                        "BLOCK FOUND hash={} userIdentity={} upstream={}",
                        e.hash().display(),
                        e.userIdentity(),
                        e.upstream());
            case GatewayEvent.BlockAnswered e -> {
                if (e.rejection().isEmpty()) {
                    log.info("block accepted hash={} path={}", e.hash().display(), e.path());
                } else {
                    log.error(
                            "block REFUSED hash={} path={} reason={}",
                            e.hash().display(),
                            e.path(),
                            e.rejection().get());
                }
            }
            case GatewayEvent.MinerConnected e ->
                log.debug("connection={} miner connected from {}", e.connectionId(), e.remoteAddress());
            case GatewayEvent.MinerDisconnected e ->
                log.debug("connection={} miner gone reason={} detail=\"{}\"", e.connectionId(), e.reason(), e.detail());
            case GatewayEvent.ConnectionsRefused e ->
                refusals.add(e.reason(), e.count(), e.at())
                        .ifPresent(count -> log.warn(
                                "connections refused reason={} count={} latest={}",
                                e.reason(),
                                count,
                                e.latest().isEmpty() ? "unknown" : e.latest()));
            case GatewayEvent.AddressBanned e ->
                refusals.add(BANS, 1, e.at())
                        .ifPresent(count -> log.warn(
                                "address={} banned until {} reason={} ({} in all since the last line)",
                                e.address(),
                                e.until(),
                                e.reason(),
                                count));
            case GatewayEvent.SharesUnjudged e ->
                log.debug("connection={} shares refused unjudged count={}", e.connectionId(), e.count());
            case GatewayEvent.MinerMessageIgnored e ->
                log.debug(
                        "connection={} message ignored reason={} detail=\"{}\"",
                        e.connectionId(),
                        e.reason(),
                        e.detail());
            case GatewayEvent.ChannelOpened e ->
                log.debug(
                        "connection={} channelId={} opened protocol={} userIdentity={}",
                        e.connectionId(),
                        e.channelId(),
                        e.protocol(),
                        e.userIdentity());
            case GatewayEvent.ChannelClosed e ->
                log.debug("connection={} channelId={} closed reason={}", e.connectionId(), e.channelId(), e.reason());
            case GatewayEvent.MinerProfiled e ->
                log.atLevel(isFirst(profiled, e.profile().names() + e.userAgent()) ? Level.INFO : Level.DEBUG)
                        .log(
                                "connection={} channelId={} profiles={} userIdentity={} userAgent=\"{}\" {}",
                                e.connectionId(),
                                e.channelId(),
                                String.join(",", e.profile().names()),
                                e.userIdentity(),
                                e.userAgent(),
                                e.profile().settings());
            case GatewayEvent.CoinbaseBeyondBudget e -> {
                String profiles = String.join(",", e.profile().names());
                log.atLevel(isFirst(oversized, profiles) ? Level.WARN : Level.DEBUG)
                        .log(
                                "connection={} channelId={} a coinbase of {} bytes is more than these machines are known to"
                                        + " take profiles={} coinbase_budget={}",
                                e.connectionId(),
                                e.channelId(),
                                e.coinbaseBytes(),
                                profiles,
                                e.profile().settings().coinbaseBudget().orElse(0));
            }
            case GatewayEvent.MinerTargetChanged e ->
                log.debug("connection={} channelId={} target={}", e.connectionId(), e.channelId(), e.target());
            case GatewayEvent.MiningJobCreated e -> log.debug("jobId={} created future={}", e.jobId(), e.future());
            case GatewayEvent.CustomJobTaken e ->
                log.debug(
                        "connection={} channelId={} custom jobId={} taken prevHash={} height={}",
                        e.connectionId(),
                        e.channelId(),
                        e.jobId(),
                        e.prevHash().display(),
                        e.height());
            case GatewayEvent.CustomJobRefused e ->
                refusals.add(CUSTOM_JOBS, 1, e.at())
                        .ifPresent(count -> log.warn(
                                "connection={} channelId={} custom job refused reason={} ({} in all since the last line)",
                                e.connectionId(),
                                e.channelId(),
                                e.errorCode(),
                                count));
            case GatewayEvent.JobDelivered e ->
                log.debug("jobId={} reached {} miners in {} us", e.jobId(), e.miners(), e.nanos() / 1_000);
            case GatewayEvent.UpstreamSwitched e ->
                log.info(
                        "goal={} lane={} upstream={} in use now kind={} from={} reason=\"{}\"",
                        e.goal(),
                        e.lane(),
                        e.to(),
                        e.kind(),
                        e.from().isEmpty() ? "none" : e.from(),
                        e.reason());
            case GatewayEvent.SwitchDelivered e ->
                log.info(
                        "goal={} lane={} upstream={} has reached {} miners, {} ms without work that counts",
                        e.goal(),
                        e.lane(),
                        e.to(),
                        e.miners(),
                        e.gap().toMillis());
            case GatewayEvent.HoldBegan e ->
                log.warn(
                        "goal={} lane={} no usable upstream, miners keep their last job reason=\"{}\"",
                        e.goal(),
                        e.lane(),
                        e.reason());
            case GatewayEvent.HoldEnded e -> log.info("goal={} lane={} the upstream is back", e.goal(), e.lane());
            case GatewayEvent.MinerPlaced e ->
                log.debug(
                        "connection={} goal={} lane={} placed from={} reason={}",
                        e.connectionId(),
                        e.goal(),
                        e.lane(),
                        e.from(),
                        e.reason());
            case GatewayEvent.PlanApplied e -> log.info("plan revision={} applied", e.revision());
            case GatewayEvent.PlanRejected e ->
                log.error(
                        "plan rejected, nothing has changed upstream={} step={} reason=\"{}\"",
                        e.upstream(),
                        e.step(),
                        e.reason());
            case GatewayEvent.NodeReported e -> log.debug("reporter={} says {}", e.reporter(), e.report());
            case GatewayEvent.PortsClosed e -> log.warn("miners' ports closed reason=\"{}\"", e.reason());
            case GatewayEvent.PortsOpened e -> log.info("miners' ports open again");
            // One line per share would drown everything else; shares are counted in the view.
            case GatewayEvent.ShareSubmitted e -> {}
            case GatewayEvent.ShareForwarded e -> {}
            case GatewayEvent.UpstreamAccepted e -> {}
        }
    }

    private static boolean isFirst(Set<String> told, String key) {
        return told.size() < MAX_TOLD && told.add(key);
    }
}
