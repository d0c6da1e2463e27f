/** Found blocks on disk, before anything else is done with them. */
package sluice.proxy.block;
