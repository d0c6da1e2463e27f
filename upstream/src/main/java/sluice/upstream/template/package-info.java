/** Templates: block candidates from a node, a recording or a simulated chain, and the upstream made of them. */
package sluice.upstream.template;
