package sluice.proxy.netty;

import io.netty.channel.EventLoop;
import java.util.concurrent.Executor;

/**
 * What a gateway has for its upstreams.
 *
 * @param loop where they and their routes live
 * @param handshakes runs the curve arithmetic of handshakes
 * @param blocks takes in the blocks that an upstream makes of templates
 * @param templates of the gateway
 * @param coinbase the same templates with whom they pay, where a coinbase provider says so
 */
public record UpstreamSurroundings(
        EventLoop loop, Executor handshakes, BlockDesk blocks, TemplateHub templates, CoinbaseDesk coinbase) {}
