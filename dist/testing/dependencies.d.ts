export declare class Dependencies {
    #private;
    /** Renders dependencies one by one; it awaits the load of each script. */
    render(dependencies: readonly unknown[]): Promise<void>;
}
