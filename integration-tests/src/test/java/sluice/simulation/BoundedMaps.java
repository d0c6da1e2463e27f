package sluice.simulation;

import static sluice.simulation.BrokenInvariant.require;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.config.FirmwareProfiles;
import sluice.config.GoalConfig;
import sluice.config.ProfileConfig;
import sluice.config.RoutingConfig;
import sluice.proxy.mining.channel.MiningChannel;
import sluice.proxy.mining.share.SeenShares;
import sluice.proxy.route.Route;
import sluice.proxy.session.Sv1MinerSession;
import sluice.upstream.failover.UpstreamSelector;
import sluice.upstream.session.Sv2PoolSession;
import sluice.upstream.template.SoloSession;

/**
 * Looks into the machines of the gateway and holds every collection there against its limit. A collection that this table
 * does not know is an error too, so that a new one gets its line.
 */
final class BoundedMaps {
    private static final int MAX_CHANNELS = 8_192;
    private static final int MAX_ACTIONS = 8 * MAX_CHANNELS;

    // So many there can be in a simulated gateway, and more would be a leak.
    private static final int MAX_MINERS = 64;
    private static final int MAX_LANES = 64;
    private static final int MAX_ROUTES = 4 * MAX_LANES;

    private static final Map<String, Integer> LIMITS = Map.ofEntries(
            Map.entry("Route.actions", 64),
            Map.entry("Route.pending", Route.MAX_PENDING_SHARES),
            Map.entry("Route.futures", Route.MAX_FUTURE_JOBS),
            Map.entry("Route.demands", 64),
            Map.entry("RouteReplica.futures", Route.MAX_FUTURE_JOBS),
            Map.entry("Sv2Channels.leaping", MAX_CHANNELS),
            Map.entry("Sv2Jobs.farOff", MAX_CHANNELS),
            Map.entry(
                    "ProfileBook.profiles",
                    ProfileConfig.MAX_PROFILES + FirmwareProfiles.all().size()),
            Map.entry(
                    "MinerProfile.names",
                    ProfileConfig.MAX_PROFILES + FirmwareProfiles.all().size()),
            Map.entry("LoopLanes.routes", MAX_ROUTES),
            Map.entry("LoopLanes.lanes", MAX_LANES),
            Map.entry("LoopLanes.fedBy", MAX_LANES),
            Map.entry("LoopLanes.homes", MAX_MINERS),
            Map.entry("LoopLanes.homeless", MAX_MINERS),
            Map.entry("Lane.members", MAX_MINERS),
            Map.entry("Upstreams.byKey", RoutingConfig.MAX_UPSTREAMS),
            Map.entry("Lanes.byNumber", MAX_LANES),
            Map.entry("Lanes.emptyUntil", MAX_LANES),
            Map.entry("Goals.byName", RoutingConfig.MAX_GOALS),
            Map.entry("DirectorOutbox.actions", MAX_ACTIONS),
            Map.entry("Goal.lanes", MAX_LANES),
            Map.entry("Seats.resting", 0xffff),
            Map.entry("Lane.open", GoalConfig.MAX_UPSTREAMS),
            Map.entry("Lane.demands", 64),
            Map.entry("Lane.losses", GoalConfig.MAX_UPSTREAMS),
            Map.entry("Lane.news", 64),
            Map.entry("OpenRoute.generations", 8),
            Map.entry("Placement.miners", MAX_MINERS),
            Map.entry("Placement.crews", RoutingConfig.MAX_GOALS),
            Map.entry("Placement.pins", RoutingConfig.MAX_PINS),
            Map.entry("PlannedChange.awaited", RoutingConfig.MAX_GOALS),
            Map.entry("PlannedChange.preparing", RoutingConfig.MAX_GOALS),
            Map.entry("PlannedChange.newGoals", RoutingConfig.MAX_GOALS),
            Map.entry("Routes.byNumber", MAX_ROUTES),
            Map.entry("Routes.byGeneration", 8 * MAX_ROUTES),
            Map.entry("GoalBalancer.outOfUse", RoutingConfig.MAX_GOALS),
            Map.entry("GoalBalancer.returnedAt", RoutingConfig.MAX_GOALS),
            Map.entry("GoalBalancer.unfinished", RoutingConfig.MAX_GOALS),
            Map.entry("SteadyHashrates.averages", MAX_MINERS),
            Map.entry("UpstreamSelector.actions", 4 * UpstreamSelector.MAX_ENTRIES),
            Map.entry("UpstreamSelector.readOnlyActions", 4 * UpstreamSelector.MAX_ENTRIES),
            Map.entry("UpstreamSelector.contenders", 3 * UpstreamSelector.MAX_ENTRIES),
            Map.entry("UpstreamSelector.listed", UpstreamSelector.MAX_ENTRIES),
            Map.entry("UpstreamSelector.ranking", UpstreamSelector.MAX_ENTRIES),
            Map.entry("Preparation.order", UpstreamSelector.MAX_ENTRIES),
            Map.entry("ExtranonceIndexes.resting", 4 * 64),
            Map.entry("MiningChannel.jobs", MiningChannel.MAX_JOBS),
            Map.entry("SeenShares.table", 8 * SeenShares.LIMIT),
            Map.entry("Sv1MinerSession.workers", Sv1MinerSession.MAX_WORKERS),
            Map.entry("Sv1MinerSession.actions", 64),
            Map.entry("Sv2Outbox.actions", MAX_ACTIONS),
            Map.entry("Sv2Channels.open", MAX_CHANNELS),
            Map.entry("Sv2Channels.members", 4),
            Map.entry("Sv2Shares.unacknowledged", MAX_CHANNELS),
            Map.entry("Sv2Jobs.announced", 16),
            Map.entry("Sv2Opening.waiting", 64),
            Map.entry("Sv2PoolOutbox.actions", 64),
            Map.entry("Sv2PoolJobs.futureIds", Sv2PoolSession.MAX_FUTURE_JOBS),
            Map.entry("CustomJobRequests.unanswered", 16),
            Map.entry("SoloSession.jobs", SoloSession.MAX_JOBS),
            Map.entry("SoloSession.pendingBlocks", SoloSession.MAX_PENDING_BLOCKS));

    /** Machines and what they are made of; everything else is a value or belongs to somebody who is looked into himself. */
    private static final Set<String> PACKAGES = Set.of(
            "sluice.proxy.goal",
            "sluice.proxy.route",
            "sluice.upstream.failover",
            "sluice.proxy.session",
            "sluice.proxy.mining.channel",
            "sluice.proxy.mining.extranonce",
            "sluice.proxy.mining.share",
            "sluice.proxy.mining.vardiff",
            "sluice.upstream.session",
            "sluice.upstream.template");

    private static final ClassValue<Boolean> MACHINES = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            return PACKAGES.contains(type.getPackageName()) && !type.isRecord() && !type.isEnum() && !type.isHidden();
        }
    };

    private static final ClassValue<List<Part>> PARTS = new ClassValue<>() {
        @Override
        protected List<Part> computeValue(Class<?> type) {
            List<Part> parts = new ArrayList<>();
            for (Field field : type.getDeclaredFields()) {
                boolean fixedArray = field.getType().isArray() && Modifier.isFinal(field.getModifiers());
                if (!Modifier.isStatic(field.getModifiers()) && !isPlain(field.getType()) && !fixedArray) {
                    parts.add(Part.of(field));
                }
            }
            return parts;
        }
    };

    /** One field that may hold a collection or a machine. */
    private record Part(String name, MethodHandle getter) {
        static Part of(Field field) {
            field.setAccessible(true);
            try {
                return new Part(
                        field.getDeclaringClass().getSimpleName() + "." + field.getName(),
                        MethodHandles.lookup()
                                .unreflectGetter(field)
                                .asType(MethodType.methodType(Object.class, Object.class)));
            } catch (IllegalAccessException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        Object of(Object object) {
            try {
                return (Object) getter.invokeExact(object);
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    private final Set<Object> visited = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Throws where a collection in {@code machine}, or in what it is made of, is above its limit. */
    void check(Object machine) {
        visited.clear();
        visit(machine);
    }

    private void visit(Object object) {
        if (!isMachine(object) || !visited.add(object)) {
            return;
        }
        for (Part part : PARTS.get(object.getClass())) {
            Object value = part.of(object);
            if (value instanceof Collection<?> collection) {
                measure(part, collection.size());
                visitAll(collection);
            } else if (value instanceof Map<?, ?> map) {
                measure(part, map.size());
                visitAll(map.values());
            } else if (value instanceof Optional<?> optional) {
                optional.ifPresent(this::visit);
            } else if (value != null && value.getClass().isArray()) {
                measure(part, Array.getLength(value));
            } else {
                visit(value);
            }
        }
    }

    // No collection holds both machines and values.
    private void visitAll(Collection<?> elements) {
        if (!elements.isEmpty() && isMachine(elements.iterator().next())) {
            elements.forEach(this::visit);
        }
    }

    private static boolean isMachine(Object object) {
        return object != null && MACHINES.get(object.getClass());
    }

    private static boolean isPlain(Class<?> type) {
        return type != Optional.class
                && (type.isPrimitive()
                        || type.isRecord()
                        || type.isEnum()
                        || Modifier.isFinal(type.getModifiers()) && !type.isArray() && !MACHINES.get(type));
    }

    private static void measure(Part part, int size) {
        Integer limit = LIMITS.get(part.name());
        require(limit != null, "%s is a collection that nobody watches", part.name());
        require(size <= limit, "%s holds %d and may hold %d", part.name(), size, limit);
    }
}
