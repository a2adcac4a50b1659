"""Records that are sealed or hidden from everybody but their named readers."""
