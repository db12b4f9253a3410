"""What is a django-oscar shop with nothing of ours in it but the tag?"""
